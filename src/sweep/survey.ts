/** Surveys a volume: finds its units, and the facts about each. It changes nothing but units that a crash left aside. */
import type { EpochMs } from '../units';
import type { UnitFacts } from './facts';
import {
  ASSEMBLIES_NAME,
  BEGUN_DIRECTORY_NAME,
  type FoundEntry,
  folderOfKey,
  joinKey,
  PARTIAL_NAME,
  REMOVING_NAME,
  SET_ASIDE_NAME,
  type SweptFiles,
  shownKey,
} from './files';
import { type LookedAt, type LookWorld, lookAt, type SurveyedVolume } from './look';
import { ABANDONED_MS } from './settings';

export interface SurveyWorld extends LookWorld {
  readonly files: SweptFiles;
  /** Returns whether a unit whose measurement the signal has stopped counts as unknown. */
  mayGiveUp(): boolean;
}

/**
 * Yields the facts of each unit in the order of the keys. A call that ends early continues after the last key.
 *
 * @param after the key of the last unit of an earlier call; `''` at the begin
 * @throws UnsafePath when a folder of the volume leads out of it
 * @throws the reason of the world's signal during a measurement
 */
export async function* surveyVolume(
  volume: SurveyedVolume,
  after: string,
  world: SurveyWorld,
): AsyncGenerator<UnitFacts> {
  yield* surveyFolder('', 1, { volume, after, world });
}

interface Survey {
  readonly volume: SurveyedVolume;
  readonly after: string;
  readonly world: SurveyWorld;
}

async function* surveyFolder(folder: string, depth: number, survey: Survey): AsyncGenerator<UnitFacts> {
  const { volume, after, world } = survey;
  for (const entry of await world.files.entries(volume, folder)) {
    if (isBehind(entry.key, after) || isExcluded(entry, volume)) continue;
    const ours = await lookAtOurs(entry, survey);
    if (SET_ASIDE_NAME.test(entry.name) && entry.isFolder) yield* takeUp(entry, survey);
    else if (ours !== undefined) yield* ours;
    else if (depth >= volume.request.minDepth) yield* surveyUnit(entry, depth, survey);
    else if (entry.isFolder) yield* surveyFolder(entry.key, depth + 1, survey);
  }
}

async function* surveyUnit(entry: FoundEntry, depth: number, survey: Survey): AsyncGenerator<UnitFacts> {
  const { volume } = survey;
  const { facts, partials, mayDivide } = await lookOrGiveUp(entry, survey);
  if (facts === undefined) return;
  const isDivided = mayDivide && entry.isFolder && depth < volume.request.maxDepth;
  if (isDivided) yield* surveyFolder(entry.key, depth + 1, survey);
  else {
    yield facts;
    for (const partial of partials) yield partialOf(partial);
  }
}

/** A unit that cannot be looked at stays. Others go on: one broken unit must not keep the rest of a volume. */
async function lookOrGiveUp(entry: FoundEntry, { volume, world }: Survey): Promise<LookedAt> {
  try {
    return await lookAt(entry, volume, world);
  } catch (error) {
    if (world.signal.aborted && !world.mayGiveUp()) throw error;
    return { facts: { key: entry.key, kind: 'unowned', held: 'unknown' }, partials: [], mayDivide: false };
  }
}

/** Returns the units of an entry with one of our own temporary names; undefined for any other entry. */
async function lookAtOurs(
  entry: FoundEntry,
  { volume, world }: Survey,
): Promise<readonly UnitFacts[] | undefined> {
  const { key, name, isFolder, changed } = entry;
  if (REMOVING_NAME.test(name)) return [{ key, kind: 'removing', lastUsed: changed }];
  if (name === ASSEMBLIES_NAME && isFolder) return assembliesIn(entry, volume, world);
  if (PARTIAL_NAME.test(name) && !isFolder) return [partialOf(entry)];
  const isBegun = volume.request.role === 'scratch' && isFolder && BEGUN_DIRECTORY_NAME.test(name);
  return isBegun ? [partialOf(entry)] : undefined;
}

function partialOf({ key, changed }: FoundEntry): UnitFacts {
  return { key, kind: 'partial', lastUsed: changed };
}

async function assembliesIn({ key }: FoundEntry, volume: SurveyedVolume, { files }: SurveyWorld) {
  const found: UnitFacts[] = [];
  for (const file of await files.entries(volume, key))
    found.push({ key: file.key, kind: 'assembly', lastUsed: await latestIn(file, volume, files) });
  return found;
}

/** Each range of an assembly leaves a mark in its folder, so the folders show the last work on it. */
async function latestIn(entry: FoundEntry, volume: SurveyedVolume, files: SweptFiles): Promise<EpochMs> {
  const inside = entry.isFolder ? await files.entries(volume, entry.key) : [];
  return Math.max(entry.changed, ...inside.map(({ changed }) => changed));
}

/**
 * Puts back the units that a killed sweep has left aside; the next sweep surveys them. A unit whose name was taken
 * meanwhile is surveyed where it is.
 */
async function* takeUp(entry: FoundEntry, survey: Survey): AsyncGenerator<UnitFacts> {
  const { volume, world } = survey;
  const { files, now, isDryRun } = world;
  if (now - entry.changed < ABANDONED_MS || isDryRun) return;
  const units = await files.entries(volume, entry.key);
  if (units.length === 0) yield { key: entry.key, kind: 'removing', lastUsed: entry.changed };
  for (const unit of units) {
    const aside = { key: joinKey(folderOfKey(entry.key), unit.name), now: unit.key };
    if (!(await files.putBack(volume, aside))) yield* surveyUnit(unit, volume.request.maxDepth, survey);
  }
}

/** Returns whether an earlier call has surveyed an entry with everything in it. */
function isBehind(key: string, after: string): boolean {
  return key <= after && !after.startsWith(`${key}/`);
}

function isExcluded({ key }: FoundEntry, { path, excluded }: SurveyedVolume): boolean {
  return excluded.includes(`${path}/${shownKey(key)}`);
}
