import * as v from 'valibot';
import { type RoutingSettings, routeSchema, routeToSelf, writeRoute } from '../efs/function-routing';
import { UnsafePath } from '../errors';
import type { KeptDirectories } from '../paths/kept';
import { rememberedFates } from '../sweep/fates';
import type { SurveyedVolume } from '../sweep/look';
import { readRecords } from '../sweep/records';
import { NOTHING_SWEPT, type PartReport, partReportSchema, withKept } from '../sweep/report';
import { type SweepRequest, type SweptPart, sweepRequestSchema, sweptPartSchema } from '../sweep/request';
import { rulesOf } from '../sweep/settings';
import { sweepVolume, type VolumeWorld } from '../sweep/volume';
import type { LastUses } from '../transfer/lease/uses';
import { contains, textOf } from '../transfer/location';
import { findMount, type MountPoint, tryFindMount } from '../transfer/mounts';
import { efsLocation, localLocation } from '../transfer/schemes/file-systems';
import type { EpochMs } from '../units';
import { withoutEmpty } from '../wire/json';
import { model, optional, readModel, requiredText, text, writeModel } from '../wire/schema';

export interface SweepWorld
  extends Omit<VolumeWorld, 'records' | 'now' | 'isDryRun' | 'forgetKept' | 'settings'> {
  readonly kept: KeptDirectories;
  readonly uses: LastUses;
  readonly ownRecords: OwnRecords;
  readonly settings: SweepSettings;
}

interface SweepSettings extends RoutingSettings {
  /** The volumes of demands are mounts of their own: no sweep removes a volume, or follows a link out of it. */
  readonly mounts: readonly MountPoint[];
  /** Milliseconds between the move of a unit and its last check: a description of Step Functions may be late. */
  readonly fenceMs: number;
  /** Items of one volume that one sweep looks at. */
  readonly mostUnits?: number;
}

/** The records of our own on a file system that nobody needs any more. */
export interface OwnRecords {
  /** Removes them. @returns their number by kind */
  sweep(mode: {
    readonly now: EpochMs;
    readonly isDryRun: boolean;
  }): Promise<Readonly<Record<string, number>>>;
}

const eventSchema = model({
  /** The execution of the sweep. It names the notes of the sweep. */
  execution: requiredText(),
  request: sweepRequestSchema,
  part: sweptPartSchema,
  cursor: v.optional(text(), ''),
  soFar: optional(partReportSchema),
  route: routeSchema,
});

/**
 * Sweeps one part of a stage for the time of one call: a volume, or the records of a file system.
 *
 * @param event `{execution, request, part, cursor?, so_far?}`
 * @returns `{status: DONE | INCOMPLETE, cursor, report, route}`
 * @throws DemandValidationError, FileSystemNotMounted, UnsafePath
 */
export async function sweep(event: unknown, world: SweepWorld) {
  const { execution, request, part, cursor, soFar } = readModel(eventSchema, event);
  const report = soFar ?? reportOf(part);
  const swept =
    part.volume === undefined
      ? { report: await sweepRecords(report, request, part, world), cursor: '' }
      : await sweepPart(part.volume, { execution, request, part, report, cursor }, world);
  return {
    status: swept.cursor === '' ? 'DONE' : 'INCOMPLETE',
    cursor: swept.cursor,
    report: writeModel(partReportSchema, swept.report),
    route: writeRoute(routeToSelf(world.settings.routing)),
  };
}

function reportOf({ fileSystemId, volume }: SweptPart): PartReport {
  const part = volume?.role ?? 'records';
  const path = volume && textOf(efsLocation(fileSystemId, volume.path));
  return { part, fileSystemId, ...withoutEmpty({ path }), ...NOTHING_SWEPT };
}

async function sweepRecords(
  report: PartReport,
  { dryRun }: SweepRequest,
  { fileSystemId }: SweptPart,
  world: SweepWorld,
) {
  const removed = await world.ownRecords.sweep({ now: world.clock.now(), isDryRun: dryRun });
  const counts = Object.entries(removed).map(([kind, count]) => [kind, { count, bytes: 0 }]);
  const kept = (await world.kept.list()).filter(({ mount }) => mount.fileSystemId === fileSystemId);
  return withKept({ ...report, removed: Object.fromEntries(counts) }, kept);
}

interface Sweep {
  readonly execution: string;
  readonly request: SweepRequest;
  readonly part: SweptPart;
  readonly report: PartReport;
  readonly cursor: string;
}

async function sweepPart(
  volume: NonNullable<SweptPart['volume']>,
  { execution, request, part, report, cursor }: Sweep,
  given: SweepWorld,
) {
  const { settings, use, kept } = given;
  const isDryRun = request.dryRun;
  const now = given.clock.now();
  const surveyed = surveyedOf(volume, part, request, settings);
  const survey = { ...given, ...use, now, isDryRun, fates: rememberedFates(given.fates) };
  return sweepVolume(
    surveyed,
    `${execution} ${textOf(efsLocation(part.fileSystemId, volume.path))}`,
    { report, cursor },
    {
      ...given,
      settings,
      records: await readRecords(surveyed.path, survey),
      now,
      isDryRun,
      forgetKept: (path) => kept.drop(path),
    },
  );
}

/**
 * @throws FileSystemNotMounted when the function does not mount the file system
 * @throws UnsafePath for a path that contains a volume
 */
function surveyedOf(
  volume: NonNullable<SweptPart['volume']>,
  { fileSystemId, others }: SweptPart,
  request: SweepRequest,
  { mounts }: SweepSettings,
): SurveyedVolume {
  const { location, mount } = findMount(efsLocation(fileSystemId, volume.path), mounts);
  const inside = mounts.find(({ path }) => path !== location.path && contains(location, localLocation(path)));
  if (inside !== undefined)
    throw new UnsafePath(
      `${volume.path} contains the volume ${inside.root}, and a sweep never removes a volume. Give the path of one volume, or a path inside it`,
    );
  return {
    path: location.path,
    root: mount.path,
    request: volume,
    rules: rulesOf(volume, request),
    excluded: others.flatMap(
      (path) => tryFindMount(efsLocation(fileSystemId, path), mounts)?.location.path ?? [],
    ),
  };
}
