/** Finds the facts about one unit. What is unknown is a fact, too: such a unit stays. */
import type { Reader } from '../transfer/lease/readers';
import type { LastUse } from '../transfer/lease/uses';
import { contains, type Location } from '../transfer/location';
import { localLocation } from '../transfer/schemes/file-systems';
import type { EpochMs } from '../units';
import { withoutEmpty } from '../wire/json';
import type { VolumeRules } from './decide';
import type { Hold, UnitFacts, UnitKind } from './facts';
import type { Fate, Fates } from './fates';
import { type FoundEntry, type Measured, type SweptFiles, type SweptVolume, shownKey } from './files';
import type { SweptVolumeRequest } from './request';
import { CLEANED_UP_MS, LONGEST_EXECUTION_MS } from './settings';

export interface SurveyedVolume extends SweptVolume {
  readonly request: SweptVolumeRequest;
  readonly rules: VolumeRules;
  /** Paths of other volumes inside this one. */
  readonly excluded: readonly string[];
}

/** The records of one file system, read before the survey. */
export interface VolumeRecords {
  /** Readers that may still read. */
  readonly readers: readonly Reader[];
  /** Readers whose executions have ended. Their input was in use until now. */
  readonly endedReaders: readonly Reader[];
  readonly uses: readonly LastUse[];
  /** The time since which a working directory is kept, by its path on this machine. */
  readonly kept: ReadonlyMap<string, EpochMs>;
  /** The begin of the oldest running execution; absent when it is unknown. */
  readonly runningSince?: EpochMs;
}

/** Finds leases. */
export interface LeaseFacts {
  /** Returns whether a lease on the location, around it or in it has had a sign of life within the last hour. */
  isLeased(location: Location): Promise<boolean>;
}

export interface LookWorld {
  readonly files: Pick<SweptFiles, 'measure' | 'ownerOf'>;
  readonly fates: Fates;
  readonly leases: LeaseFacts;
  readonly records: VolumeRecords;
  readonly signal: AbortSignal;
  readonly now: EpochMs;
  readonly isDryRun: boolean;
}

export interface LookedAt {
  /** Absent when the unit is gone. */
  readonly facts?: UnitFacts;
  readonly partials: readonly FoundEntry[];
  /** The unit stays as a whole, and its parts may go. */
  readonly mayDivide: boolean;
}

/** Finds the facts about a unit, by the role of its volume. */
export async function lookAt(entry: FoundEntry, volume: SurveyedVolume, world: LookWorld): Promise<LookedAt> {
  const { role } = volume.request;
  const unit = { entry, volume, path: pathOf(volume, entry.key) };
  if (role === 'scratch') {
    const owner = await world.files.ownerOf(volume, entry.key);
    if (owner !== undefined) return lookAtDirectory(unit, owner, world);
    if (volume.rules.ages.unowned === undefined) return stay(unit, 'unowned', 'unknown', world);
  }
  const kind = role === 'shared' ? 'shared_input' : role === 'tmp' ? 'temporary' : 'unowned';
  return lookAtOwnerless(unit, kind, world);
}

interface Unit {
  readonly entry: FoundEntry;
  readonly volume: SurveyedVolume;
  readonly path: string;
}

const GONE: LookedAt = { partials: [], mayDivide: false };

/** Returns a unit that stays. Its size counts all the same, when a rule needs the size of the volume. */
async function stay(unit: Unit, kind: UnitKind, held: Hold, world: LookWorld): Promise<LookedAt> {
  const measured = needsSizes(unit.volume.rules) ? await measure(unit, kind, world) : undefined;
  return { ...GONE, facts: { key: unit.entry.key, kind, held, ...sizeOf(measured) } };
}

function sizeOf(measured: Measured | undefined): Pick<UnitFacts, 'bytes'> {
  return withoutEmpty({ bytes: measured?.isWhole === true ? measured.bytes : undefined });
}

/**
 * The last use of a working directory is the end of its execution: only the execution works in it. The job of an execution
 * that has failed, or was stopped, may work on: then a change counts, too.
 */
async function lookAtDirectory(unit: Unit, owner: string, world: LookWorld): Promise<LookedAt> {
  const { entry, volume, path } = unit;
  const fate = await world.fates.of(owner);
  const keptSince = world.records.kept.get(path);
  const isKept = keptSince !== undefined || !(fate.kind === 'ended' && fate.hasSucceeded);
  const kind = isKept ? 'kept_directory' : 'working_directory';
  const held = holdOf(fate, world.now) ?? (await useOf(path, world));
  if (held !== undefined) return stay(unit, kind, held, world);
  const hasSucceeded = fate.kind === 'ended' && fate.hasSucceeded;
  const isMeasured = !hasSucceeded || needsSizes(volume.rules);
  const measured = isMeasured ? await measure(unit, kind, world) : undefined;
  if (isMeasured && measured === undefined) return GONE;
  const lastUsed = lastUseOfDirectory(fate, keptSince, measured, volume.rules.ages[kind], world.now);
  const isTooRecent = fate.kind === 'gone' && world.now - (lastUsed ?? 0) < LONGEST_EXECUTION_MS;
  if (isTooRecent) return stay(unit, kind, 'execution', world);
  return {
    ...GONE,
    facts: { key: entry.key, kind, ...withoutEmpty({ lastUsed }), ...sizeOf(measured) },
  };
}

function lastUseOfDirectory(
  fate: Fate,
  keptSince = 0,
  measured: Measured | undefined,
  age: number | undefined,
  now: EpochMs,
): EpochMs | undefined {
  if (fate.kind === 'ended')
    return Math.max(fate.endedAt, keptSince, fate.hasSucceeded ? 0 : (measured?.changed ?? 0));
  return measured && knownUse(Math.max(measured.changed, keptSince), measured, age, now);
}

export function holdOf(fate: Fate, now: EpochMs): Hold | undefined {
  switch (fate.kind) {
    case 'running':
      return 'execution';
    case 'unknown':
      return 'unknown';
    case 'ended':
      return now - fate.endedAt < CLEANED_UP_MS ? 'execution' : undefined;
    case 'gone':
      return undefined;
  }
}

/** Returns the hold of a unit by readers and leases. */
async function useOf(path: string, { records, leases }: LookWorld): Promise<Hold | undefined> {
  const location = localLocation(path);
  if (records.readers.some((reader) => overlap(reader.location, location))) return 'reader';
  return (await leases.isLeased(location)) ? 'lease' : undefined;
}

/** Shared inputs and temporary files: the last use is the latest change, or the latest record of a use. */
async function lookAtOwnerless(unit: Unit, kind: UnitKind, world: LookWorld): Promise<LookedAt> {
  const { entry, volume, path } = unit;
  const used = await useOf(path, world);
  if (used !== undefined) return stay(unit, kind, used, world);
  const measured = await measure(unit, kind, world);
  if (measured === undefined) return GONE;
  const age = volume.rules.ages[kind];
  const lastUsed = knownUse(lastUseOf(path, measured, world), measured, age, world.now);
  const held = kind === 'shared_input' ? undefined : mayBeMadeBy(lastUsed, world.records.runningSince);
  return {
    facts: { key: entry.key, kind, ...withoutEmpty({ lastUsed, held }), ...sizeOf(measured) },
    partials: kind === 'shared_input' ? measured.partials : [],
    mayDivide: lastUsed !== undefined && age !== undefined && world.now - lastUsed < age,
  };
}

/** A running execution may have made everything that has changed since its begin. */
export function mayBeMadeBy(
  changed: EpochMs | undefined,
  runningSince: EpochMs | undefined,
): Hold | undefined {
  if (runningSince === undefined || changed === undefined) return 'unknown';
  return changed >= runningSince ? 'running' : undefined;
}

/** Returns the latest change that was found, or the latest record of a use. */
function lastUseOf(
  path: string,
  { changed }: Measured,
  { records, now }: Pick<LookWorld, 'records' | 'now'>,
): EpochMs {
  const location = localLocation(path);
  const uses = records.uses.filter((use) => overlap(use.location, location));
  const isEnded = records.endedReaders.some((reader) => overlap(reader.location, location));
  return Math.max(changed, isEnded ? now : 0, ...uses.map(({ usedAt }) => usedAt));
}

/**
 * Returns a last use; undefined when it is not sure. A part that was not read may have a later change. That does not
 * matter when the found use is recent already.
 */
function knownUse(found: EpochMs, { isWhole }: Measured, age = 0, now: EpochMs): EpochMs | undefined {
  return isWhole || now - found < age ? found : undefined;
}

export function overlap(one: Location, other: Location): boolean {
  return contains(one, other) || contains(other, one);
}

export function pathOf({ path }: SweptVolume, key: string): string {
  return `${path}/${shownKey(key)}`;
}

function needsSizes({ minSizeBytesAllowed = 0, maxSizeBytes }: VolumeRules): boolean {
  return minSizeBytesAllowed > 0 || maxSizeBytes !== undefined;
}

/** Without a rule about sizes, the first recent change ends the measurement. */
function measure({ entry, volume: { rules, ...volume } }: Unit, kind: UnitKind, world: LookWorld) {
  const age = rules.ages[kind];
  const until = needsSizes(rules) || age === undefined ? undefined : world.now - age;
  return world.files.measure(volume, entry.key, { signal: world.signal, ...withoutEmpty({ until }) });
}
