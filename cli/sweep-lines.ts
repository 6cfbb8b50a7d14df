/** The report of a sweep, as lines for people. */
import type { SweepEvent } from '../src/sweep/event';
import { formatBytes, plural } from './format';

type Part = SweepEvent['parts'][number];

export function sweepLines(report: SweepEvent): string[] {
  const { dry_run: isDryRun, removed, parts, failed_parts: failed } = report;
  const what = isDryRun ? 'a sweep would remove' : 'the sweep has removed';
  return [
    `${what} ${plural(removed.count, 'item')}, ${formatBytes(removed.bytes)}`,
    ...parts.filter(hasNews).flatMap(partLines),
    ...failed.map(({ part, error, message }) => `  ${part}: failed, ${error}: ${message}`),
  ];
}

function hasNews({ removed, stays, failures }: Part): boolean {
  return Object.keys(removed).length + Object.keys(stays).length + failures.length > 0;
}

function partLines({ part, path, removed, stays, failures, failure_count: count, examples }: Part): string[] {
  const items = Object.values(removed).reduce((sum, each) => sum + each.count, 0);
  const unnamed = items - examples.length;
  return [
    `  ${part.replaceAll('_', ' ')}${path === undefined ? '' : ` ${path}`}`,
    ...Object.entries(removed).map(([kind, each]) => `    ${removedLine(kind, each)}`),
    ...examples.map((example) => `      ${example}`),
    ...(unnamed > 0 && examples.length > 0 ? [`      and ${unnamed.toLocaleString('en')} more`] : []),
    ...Object.entries(stays).map(
      ([reason, many]) => `    ${plural(many, 'item')} stay: ${STAYS[reason] ?? reason.replaceAll('_', ' ')}`,
    ),
    ...failures.map(({ path: failed, reason }) => `    failed: ${failed}: ${reason}`),
    ...(count > failures.length ? [`    ${plural(count - failures.length, 'more failure')}`] : []),
  ];
}

function removedLine(
  kind: string,
  { count, bytes }: { readonly count: number; readonly bytes: number },
): string {
  const [one, many] = KINDS[kind] ?? [kind, kind];
  const items = `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
  return bytes === 0 ? items : `${items}, ${formatBytes(bytes)}`;
}

const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  working_directory: ['working directory', 'working directories'],
  kept_directory: ['directory of a failed execution', 'directories of failed executions'],
  shared_input: ['shared input', 'shared inputs'],
  temporary: ['temporary file', 'temporary files'],
  unowned: ['entry without an owner', 'entries without an owner'],
  partial: ['partial file', 'partial files'],
  assembly: ['unfinished large file', 'unfinished large files'],
  removing: ['rest of a removal', 'rests of removals'],
  upload: ['upload in parts', 'uploads in parts'],
  job_definition: ['revision of a job definition', 'revisions of job definitions'],
  lease: ['stale lease', 'stale leases'],
  sweep_notes: ['note of a stopped sweep', 'notes of stopped sweeps'],
  last_use: ['record of a use', 'records of uses'],
  reader: ['record of a reader', 'records of readers'],
  reserve: ['reserve of a killed run', 'reserves of killed runs'],
  file_system: ['file system of an earlier local API', 'file systems of earlier local APIs'],
};

const STAYS: Readonly<Record<string, string>> = {
  execution: 'of executions that run, or have just ended',
  reader: 'read by executions',
  lease: 'under a lease',
  running: 'which a running execution may have made',
  unknown: 'as their owner or their use is unknown',
  recent: 'used recently',
  allowed_size: 'within the allowed size',
  used_since: 'used during the sweep',
  foreign: 'begun by others',
};
