/** The report of a sweep: counts and bytes by kind, the reasons of what stays, and examples. It fits into a state. */
import * as v from 'valibot';
import { joinPath } from '../context/paths';
import { VOLUME_ROLES } from '../efs/model';
import type { FoundKept } from '../paths/kept';
import { formatMoment } from '../python/time';
import { textOf } from '../transfer/location';
import { efsLocation } from '../transfer/schemes/file-systems';
import { integer, listOf, mapOf, model, optional, text } from '../wire/schema';

/** Paths, and failures, that a report names for one part. The reports of all parts fit into one state. */
export const MOST_NAMED = 5;
/** Bytes of a name in JSON. */
const NAME_BYTES = 300;

/** Directories with outputs that are not stored, and their outputs, that a report names for one file system. */
const MOST_KEPT = 30;
const MOST_OUTPUTS = 3;

const keptSchema = model({
  /** A location, such as `fs-1:/scratch/my-demand`. */
  directory: text(),
  /** ARN of the execution that kept it. */
  execution: text(),
  since: text(),
  reason: text(),
  outputs: listOf(text()),
});
const removedSchema = model({ count: integer(), bytes: integer() });
const failureSchema = model({ path: text(), reason: text() });

export const partReportSchema = model({
  /**
   * The part of the sweep: a volume, the records of a file system, uploads or job definitions. On a developer's machine
   * also the file systems of earlier local APIs, and the records of local runs.
   */
  part: v.picklist([...VOLUME_ROLES, 'records', 'uploads', 'job_definitions', 'local_up', 'local_runs']),
  fileSystemId: optional(text()),
  path: optional(text()),
  /** What was removed, or would be in a dry run, by its kind. */
  removed: mapOf(removedSchema),
  /** The number of units that stay, by the reason. */
  stays: mapOf(integer()),
  failures: listOf(failureSchema),
  /** All failures, also those that are not named. */
  failureCount: integer(),
  /** Some of the removed paths. */
  examples: listOf(text()),
  /** For the records of a file system: the kept directories, the oldest first. */
  kept: optional(listOf(keptSchema)),
  /** All kept directories, also those that are not named. */
  keptCount: optional(integer()),
});

export type PartReport = v.InferOutput<typeof partReportSchema>;
export type RemovedCount = PartReport['removed'][string];

export const NOTHING_SWEPT = { removed: {}, stays: {}, failures: [], failureCount: 0, examples: [] } as const;

/** The changes of a report by one unit. */
export type Swept =
  | { readonly removed: string; readonly path: string; readonly bytes: number }
  | { readonly stays: string; readonly count?: number }
  | { readonly failure: string; readonly path: string };

export function addToReport(report: PartReport, all: Iterable<Swept>): PartReport {
  let result = report;
  for (const swept of all) result = addOne(result, swept);
  return result;
}

function addOne(report: PartReport, swept: Swept): PartReport {
  if ('stays' in swept) {
    const { stays, count = 1 } = swept;
    return { ...report, stays: { ...report.stays, [stays]: (report.stays[stays] ?? 0) + count } };
  }
  const path = shortened(swept.path);
  if ('failure' in swept) {
    const failure = { path, reason: shortened(swept.failure) };
    const failures = [...report.failures, failure].slice(0, MOST_NAMED);
    return { ...report, failures, failureCount: report.failureCount + 1 };
  }
  const { count = 0, bytes = 0 } = report.removed[swept.removed] ?? {};
  return {
    ...report,
    removed: { ...report.removed, [swept.removed]: { count: count + 1, bytes: bytes + swept.bytes } },
    examples: [...report.examples, path].slice(0, MOST_NAMED),
  };
}

/** Adds the kept directories of a file system. */
export function withKept(report: PartReport, found: readonly FoundKept[]): PartReport {
  const kept = found.slice(0, MOST_KEPT).map(({ mount, kept: each }) => ({
    directory: shortened(textOf(efsLocation(mount.fileSystemId, joinPath(mount.root, each.path)))),
    execution: each.execution,
    since: formatMoment(each.since * 1_000),
    reason: shortened(each.reason),
    outputs: each.outputs.slice(0, MOST_OUTPUTS).map(shortened),
  }));
  return { ...report, kept, keptCount: found.length };
}

function shortened(name: string): string {
  let short = name.slice(0, NAME_BYTES);
  while (Buffer.byteLength(JSON.stringify(short)) > NAME_BYTES) short = short.slice(0, -10);
  return short === name ? name : `${short}...`;
}

/** Returns the sum of what several parts have removed. */
export function sumOf(parts: readonly PartReport[]): RemovedCount {
  const all = parts.flatMap(({ removed }) => Object.values(removed));
  return all.reduce((sum, { count, bytes }) => ({ count: sum.count + count, bytes: sum.bytes + bytes }), {
    count: 0,
    bytes: 0,
  });
}
