/**
 * Removes planned units. Each one is checked again immediately before its removal, and moved aside first, so that an
 * execution that starts meanwhile gets a directory of its own. A unit that turns out to be in use is put back.
 */

import type { CallTime, Clock } from '../clock';
import { DataPathInUse, describeError, LeaseNotAcquired } from '../errors';
import { hasTimeLeft } from '../transfer/call-time';
import { takeUnlessUsed, type UseWorld } from '../transfer/lease/readers';
import type { LastUses } from '../transfer/lease/uses';
import { localLocation } from '../transfer/schemes/file-systems';
import type { EpochMs } from '../units';
import type { Removal } from './decide';
import type { Hold, UnitFacts } from './facts';
import type { RunningExecutions } from './fates';
import { type AsideUnit, type SweptFiles, shownKey } from './files';
import { holdOf, type LookWorld, mayBeMadeBy, overlap, pathOf, type SurveyedVolume } from './look';

/** The time of one call, for {@link condemnUnits}. */
interface CondemnTime {
  /** Aborted at the deadline of the call, and with the signal of the world. */
  readonly deadline: AbortSignal;
  readonly time: CallTime;
  /** True: the call has done no other work, so no other call has more time for a unit. */
  readonly isFirst: boolean;
}

export interface RemoveWorld extends LookWorld {
  readonly files: SweptFiles;
  readonly use: UseWorld;
  readonly uses: Pick<LastUses, 'at' | 'forget'>;
  readonly running: RunningExecutions;
  readonly clock: Clock;
  /** Forgets the record of a kept directory. @param path the directory on this machine */
  forgetKept(path: string): Promise<void>;
  readonly settings: { readonly fenceMs: number; readonly mostUnits?: number };
}

type Held = Hold | 'used_since';

/** The answer of one unit: it is condemned, it stays, it is gone already, or it failed. */
export type Taken =
  | { readonly key: string; readonly condemned: string }
  | { readonly key: string; readonly held: Held | 'gone' }
  | { readonly key: string; readonly failure: string };

interface Moved {
  readonly removal: Removal;
  readonly aside: AsideUnit;
}

/**
 * Condemns units: moves them aside, waits, checks them again, and gives them the name of a begun removal. The wait is as
 * long as a description of Step Functions may be late.
 *
 * @returns one answer for each of the first `begun` removals, in any order; the time of the call was over for the others
 * @throws the reason of the world's signal, after it has put back what it had moved
 */
export async function condemnUnits(
  removals: readonly Removal[],
  volume: SurveyedVolume,
  given: RemoveWorld & CondemnTime,
): Promise<{ readonly taken: readonly Taken[]; readonly begun: number }> {
  const taken: Taken[] = [];
  const moved: Moved[] = [];
  const mayBegin = timeForBoth(given.time);
  const before = askingOnce(given);
  let begun = 0;
  for (const removal of removals) {
    if (begun > 0 && !mayBegin()) break;
    const answer = await guarded(removal.unit, () => begin(removal, volume, before));
    const isLate = given.deadline.aborted && 'failure' in answer;
    if (isLate && !(given.isFirst && begun === 0)) break;
    begun++;
    if ('aside' in answer) moved.push(answer);
    else taken.push(answer);
  }
  if (moved.length > 0) await given.clock.wait(given.settings.fenceMs, given.signal);
  if (given.signal.aborted) {
    for (const { aside } of moved) await given.files.putBack(volume, aside);
    throw given.signal.reason;
  }
  const after = askingOnce(given);
  for (const each of moved) taken.push(await guarded(each.removal.unit, () => conclude(each, volume, after)));
  return { taken, begun };
}

/** A unit takes as long to check again as it took before: work begins only while there is time for both. */
function timeForBoth(time: CallTime): () => boolean {
  const atBegin = time.remainingMs();
  return () => {
    const left = time.remainingMs();
    const spent = Number.isFinite(left) ? atBegin - left : 0;
    return hasTimeLeft({ remainingMs: () => left - spent });
  };
}

/**
 * Lists the running executions once for all units. A later begin does not matter: a unit is checked again after its move,
 * and an execution that begins after the move does not find the unit.
 */
function askingOnce(world: RemoveWorld & CondemnTime): RemoveWorld {
  let answer: Promise<EpochMs> | undefined;
  const oldestBegin = () => {
    answer ??= world.running.oldestBegin();
    return answer;
  };
  return { ...world, signal: world.deadline, running: { oldestBegin } };
}

async function guarded<T>({ key }: UnitFacts, task: () => Promise<T>) {
  try {
    return await task();
  } catch (error) {
    if (error instanceof DataPathInUse) return { key, held: 'reader' as const };
    if (error instanceof LeaseNotAcquired) return { key, held: 'lease' as const };
    return { key, failure: describeError(error).message };
  }
}

async function begin(removal: Removal, volume: SurveyedVolume, world: RemoveWorld): Promise<Moved | Taken> {
  const { unit } = removal;
  const { key, kind } = unit;
  if (kind === 'removing' || kind === 'partial' || kind === 'assembly')
    return condemnOurs(unit, volume, world);
  const held = await holdNow(unit, { key }, volume, world);
  if (held !== undefined) return { key, held };
  if (kind === 'shared_input') return condemnShared(unit, volume, world);
  const aside = await world.files.setAside(volume, key);
  return aside === undefined ? { key, held: 'gone' } : { removal, aside };
}

/** Condemns an entry with a name of ours. Nobody continues it, so it needs no lease and no wait. */
async function condemnOurs(
  { key, kind, lastUsed = 0 }: UnitFacts,
  volume: SurveyedVolume,
  { files, signal }: RemoveWorld,
): Promise<Taken> {
  const measured = kind === 'removing' ? undefined : await files.measure(volume, key, { signal });
  if (measured !== undefined && measured.changed > lastUsed) return { key, held: 'used_since' };
  return answerOf(key, await files.condemn(volume, { key }));
}

/** Condemns an input under its lease: a reader that comes meanwhile waits for the lease, and stages the input anew. */
function condemnShared({ key }: UnitFacts, volume: SurveyedVolume, world: RemoveWorld): Promise<Taken> {
  const { files, use, uses, signal } = world;
  const location = localLocation(pathOf(volume, key));
  return takeUnlessUsed(location, use, signal, async () => {
    // Nobody uses it, so nobody needs its name again. A folder to move it aside would need space on a full disk.
    const condemned = await files.condemn(volume, { key });
    await uses.forget(location);
    return answerOf(key, condemned);
  });
}

/** Checks a unit that was moved aside. It is put back when it is in use. */
async function conclude({ removal: { unit }, aside }: Moved, volume: SurveyedVolume, world: RemoveWorld) {
  const { key } = unit;
  const { files, use } = world;
  const held = await holdNow(unit, { key: aside.now, isMoved: true }, volume, world).catch(async (error) => {
    await files.putBack(volume, aside);
    throw error;
  });
  if (held !== undefined)
    return (await files.putBack(volume, aside)) ? { key, held } : notPutBack(key, aside);
  const condemned = await files.condemn(volume, aside);
  const path = pathOf(volume, key);
  if (unit.kind === 'kept_directory') await world.forgetKept(path);
  await use.leases.revoke(localLocation(path));
  return answerOf(key, condemned);
}

function notPutBack(key: string, { now }: AsideUnit): Taken {
  const failure = `it is in use, and another entry has its name now, so it stays as ${shownKey(now)}. Move it back by hand`;
  return { key, failure };
}

function answerOf(key: string, condemned: string | undefined): Taken {
  return condemned === undefined ? { key, held: 'gone' } : { key, condemned };
}

interface Place {
  readonly key: string;
  readonly isMoved?: boolean;
}

/** Returns the hold of a unit at this moment. No answer comes from the survey. */
async function holdNow(
  unit: UnitFacts,
  place: Place,
  volume: SurveyedVolume,
  world: RemoveWorld,
): Promise<Held | undefined> {
  const location = localLocation(pathOf(volume, unit.key));
  const readers = await world.use.readers.around(location);
  if (readers.some((reader) => overlap(reader.location, location))) return 'reader';
  if (await world.leases.isLeased(location)) return 'lease';
  if (unit.kind === 'working_directory' || unit.kind === 'kept_directory')
    return holdOfDirectory(unit, place, volume, world);
  return holdOfOwnerless(unit, place, volume, world);
}

async function holdOfDirectory(
  { lastUsed = 0 }: UnitFacts,
  place: Place,
  volume: SurveyedVolume,
  world: RemoveWorld,
): Promise<Held | undefined> {
  const owner = await world.files.ownerOf(volume, place.key);
  if (owner === undefined) return 'unknown';
  const fate = await world.fates.of(owner);
  const held = holdOf(fate, world.clock.now());
  if (held !== undefined) return held;
  if (fate.kind !== 'ended') return changedSince(lastUsed, place, volume, world);
  if (fate.endedAt > lastUsed) return 'used_since';
  if (fate.hasSucceeded) return undefined;
  const { signal } = world;
  const measured = await world.files.measure(volume, place.key, { ...place, signal, until: lastUsed });
  return measured !== undefined && measured.changed > lastUsed ? 'used_since' : undefined;
}

async function holdOfOwnerless(
  { kind, key, lastUsed = 0 }: UnitFacts,
  place: Place,
  volume: SurveyedVolume,
  world: RemoveWorld,
): Promise<Held | undefined> {
  const changed = await changedSince(lastUsed, place, volume, world);
  if (changed !== undefined) return changed;
  if (kind !== 'shared_input') return mayBeMadeBy(lastUsed, await world.running.oldestBegin());
  const usedAt = await world.uses.at(localLocation(pathOf(volume, key)));
  return usedAt !== undefined && usedAt > lastUsed ? 'used_since' : undefined;
}

async function changedSince(
  lastUsed: EpochMs,
  { key, isMoved = false }: Place,
  volume: SurveyedVolume,
  { files, signal }: RemoveWorld,
): Promise<Held | undefined> {
  const measured = await files.measure(volume, key, { signal, isMoved, until: lastUsed });
  return measured === undefined || measured.changed > lastUsed || !measured.isWhole
    ? 'used_since'
    : undefined;
}
