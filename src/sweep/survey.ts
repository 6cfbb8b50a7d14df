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

/** Units of one entry of a volume, and the key after which another call continues. */
interface Surveyed {
  readonly after: string;
  readonly units: readonly UnitFacts[];
}

/**
 * Yields the facts of all units, entry by entry. A call that ends early continues after the last entry.
 *
 * @param after the key of the last surveyed entry of an earlier call; `''` at the begin
 * @throws UnsafePath when a folder of the volume leads out of it
 * @throws the reason of the world's signal during a measurement
 */
export async function* surveyVolume(
  volume: SurveyedVolume,
  after: string,
  world: SurveyWorld,
): AsyncGenerator<Surveyed> {
  yield* surveyFolder('', 1, { volume, after, world });
}

interface Survey {
  readonly volume: SurveyedVolume;
  readonly after: string;
  readonly world: SurveyWorld;
}

async function* surveyFolder(folder: string, depth: number, survey: Survey): AsyncGenerator<Surveyed> {
  const { volume, after, world } = survey;
  for await (const entry of world.files.entries(volume, folder, (key) => !isBehind(key, after))) {
    if (isExcluded(entry, volume)) continue;
    const ours = await lookAtOurs(entry, survey);
    if (SET_ASIDE_NAME.test(entry.name) && entry.isFolder) yield* takeUp(entry, survey);
    else if (ours !== undefined) yield { after: entry.key, units: ours };
    else if (containsExcluded(entry, volume)) yield { after: entry.key, units: [stays(entry)] };
    else if (depth >= volume.request.minDepth) yield* surveyUnit(entry, depth, survey);
    else if (entry.isFolder) yield* surveyFolder(entry.key, depth + 1, survey);
  }
}

async function* surveyUnit(entry: FoundEntry, depth: number, survey: Survey): AsyncGenerator<Surveyed> {
  const { volume } = survey;
  const { facts, partials, mayDivide } = await lookOrGiveUp(entry, survey);
  if (facts === undefined) return;
  const isDivided = mayDivide && entry.isFolder && depth < volume.request.maxDepth;
  if (isDivided) yield* surveyFolder(entry.key, depth + 1, survey);
  else yield { after: entry.key, units: [facts, ...partials.map(partialOf)] };
}

/** A unit that cannot be looked at stays. Others go on: one broken unit must not keep the rest of a volume. */
async function lookOrGiveUp(entry: FoundEntry, { volume, world }: Survey): Promise<LookedAt> {
  try {
    return await lookAt(entry, volume, world);
  } catch (error) {
    if (world.signal.aborted && !world.mayGiveUp()) throw error;
    return { facts: stays(entry), partials: [], mayDivide: false };
  }
}

function stays({ key }: FoundEntry): UnitFacts {
  return { key, kind: 'unowned', held: 'unknown' };
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
  for await (const file of files.entries(volume, key))
    found.push({ key: file.key, kind: 'assembly', lastUsed: await latestIn(file, volume, files) });
  return found;
}

/** Each range of an assembly leaves a mark in its folder, so the folders show the last work on it. */
async function latestIn(entry: FoundEntry, volume: SurveyedVolume, files: SweptFiles): Promise<EpochMs> {
  let latest = entry.changed;
  if (entry.isFolder)
    for await (const { changed } of files.entries(volume, entry.key)) latest = Math.max(latest, changed);
  return latest;
}

/**
 * Puts back the units that a killed sweep has left aside; the next sweep surveys them. A unit whose name was taken
 * meanwhile is surveyed where it is.
 */
async function* takeUp(entry: FoundEntry, survey: Survey): AsyncGenerator<Surveyed> {
  const { volume, after, world } = survey;
  const { files, now, isDryRun } = world;
  if (now - entry.changed < ABANDONED_MS || isDryRun) return;
  const units: FoundEntry[] = [];
  for await (const unit of files.entries(volume, entry.key)) units.push(unit);
  if (units.length === 0)
    yield { after: entry.key, units: [{ key: entry.key, kind: 'removing', lastUsed: entry.changed }] };
  for (const unit of units) {
    if (isBehind(unit.key, after)) continue;
    const aside = { key: joinKey(folderOfKey(entry.key), unit.name), now: unit.key };
    if (!(await files.putBack(volume, aside))) yield* surveyUnit(unit, volume.request.maxDepth, survey);
  }
}

/**
 * Returns whether an earlier call has surveyed an entry with everything in it. The entries of a folder come in the order of
 * their names, so `a/z` comes before `a-b`.
 */
function isBehind(key: string, after: string): boolean {
  const [names, last] = [key.split('/'), after.split('/')];
  const index = names.findIndex((name, depth) => name !== last[depth]);
  if (index === -1) return names.length === last.length;
  const other = last[index];
  return other !== undefined && (names[index] ?? '') < other;
}

function isExcluded({ key }: FoundEntry, { path, excluded }: SurveyedVolume): boolean {
  return excluded.includes(`${path}/${shownKey(key)}`);
}

/** Another volume is no part of this one, and goes with no folder around it. */
function containsExcluded({ key }: FoundEntry, { path, excluded }: SurveyedVolume): boolean {
  return excluded.some((other) => other.startsWith(`${path}/${shownKey(key)}/`));
}
