/** Sweeps one volume within the time of one call: surveys it, decides, and removes. The next call continues. */
import * as v from 'valibot';
import type { CallTime, Clock } from '../clock';
import { describeError } from '../errors';
import { hasTimeLeft } from '../transfer/call-time';
import { tryParse } from '../wire/json';
import { integer, listOf, model, readModel, text } from '../wire/schema';
import { planSweep, type Removal } from './decide';
import type { UnitFacts } from './facts';
import { pathOf, type SurveyedVolume } from './look';
import { readFacts, type SweepNotes, writeFacts } from './notes';
import { condemnUnits, type RemoveWorld, type Taken } from './remove';
import { addToReport, type PartReport, type Swept } from './report';
import { surveyVolume } from './survey';

/** Units that share one wait of {@link condemnUnits}. */
const AT_ONCE = 16;

/** Units that one sweep of a volume looks at. Their facts are in the memory of one call; they have some 150 bytes each. */
const MOST_UNITS = 500_000;

/** The position of a sweep between two calls. */
const cursorSchema = model({
  phase: v.picklist(['survey', 'remove']),
  /** The begin of the sweep in milliseconds. All ages are counted from it. */
  begunAt: v.number(),
  /** The key of the last surveyed unit. */
  after: v.optional(text(), ''),
  /** Parts of the notes. */
  parts: v.optional(integer(), 0),
  /** Removals of the plan that are done. */
  done: v.optional(integer(), 0),
  /** Condemned units that are not removed yet, with their kinds. */
  condemned: v.optional(listOf(model({ kind: text(), path: text(), key: text() })), []),
});

type Cursor = v.InferOutput<typeof cursorSchema>;
type Condemned = Cursor['condemned'][number];

export interface VolumeWorld extends RemoveWorld {
  readonly notes: SweepNotes;
  readonly clock: Clock;
  readonly time: CallTime;
}

export interface SweptSoFar {
  readonly report: PartReport;
  /** `''` when the volume is swept. */
  readonly cursor: string;
}

/**
 * Sweeps a volume for the time of one call.
 *
 * @param sweep the name of this sweep of this volume; no other sweep has it
 */
export async function sweepVolume(
  volume: SurveyedVolume,
  sweep: string,
  { report, cursor }: SweptSoFar,
  world: VolumeWorld,
): Promise<SweptSoFar> {
  const from = readCursor(cursor, world);
  const call = { volume, sweep, world: { ...world, now: from.begunAt } };
  const surveyed = await surveyOn(from, call);
  if (surveyed === undefined) {
    // The call before has ended the sweep, and its answer was lost.
    const again = { report: { ...report, stays: {} }, cursor: '' };
    return sweepVolume(volume, sweep, again, world);
  }
  if (surveyed.cursor.phase === 'survey') return { report, cursor: JSON.stringify(surveyed.cursor) };
  const { removals, stays } = planSweep(surveyed.units, volume.rules, from.begunAt);
  const counted = Object.entries(stays).map(([reason, count]): Swept => ({ stays: reason, count }));
  const planned = from.phase === 'survey' ? addToReport(report, [...counted, ...surveyed.problems]) : report;
  const ended = await removeOn(removals, { report: planned, cursor: surveyed.cursor }, call);
  if (ended.isWhole) {
    if (from.parts > 0) await world.notes.drop(sweep);
    return { report: ended.report, cursor: '' };
  }
  const { cursor: at } = ended;
  const noted = from.phase === 'survey' ? await note(surveyed.found, at, call) : at;
  return { report: ended.report, cursor: JSON.stringify(noted) };
}

interface Call {
  readonly volume: SurveyedVolume;
  readonly sweep: string;
  readonly world: VolumeWorld;
}

/** @throws DemandValidationError for a text that no call has written */
function readCursor(cursor: string, { clock }: VolumeWorld): Cursor {
  const given = cursor === '' ? { phase: 'survey', begunAt: clock.now() } : tryParse(cursor);
  return readModel(cursorSchema, given, ['cursor']);
}

interface SurveyedSoFar {
  /** All units of the volume, when the phase of the cursor is `remove`. */
  readonly units: readonly UnitFacts[];
  /** The units that this call has found. */
  readonly found: readonly UnitFacts[];
  readonly problems: readonly Swept[];
  readonly cursor: Cursor;
}

/** @returns undefined when notes of earlier calls are missing */
async function surveyOn(from: Cursor, call: Call): Promise<SurveyedSoFar | undefined> {
  const earlier = await recall(from, call);
  if (earlier === undefined) return undefined;
  if (from.phase === 'remove') return { units: earlier, found: [], problems: [], cursor: from };
  const { mostUnits = MOST_UNITS } = call.world.settings;
  const {
    units: found,
    after,
    end,
  } = await surveyUntilDeadline(from.after, mostUnits - earlier.length, call);
  const units = earlier.concat(found);
  if (end === 'deadline')
    return { units, found, problems: [], cursor: await note(found, { ...from, after }, call) };
  const failure = `it has more than ${mostUnits.toLocaleString('en')} items. The next sweep looks at the others`;
  const problems = end === 'too many' ? [{ failure, path: call.volume.path }] : [];
  return { units, found, problems, cursor: { ...from, phase: 'remove' } };
}

interface Found {
  readonly units: readonly UnitFacts[];
  readonly after: string;
  readonly end: 'whole' | 'deadline' | 'too many';
}

async function surveyUntilDeadline(from: string, most: number, { volume, world }: Call): Promise<Found> {
  const units: UnitFacts[] = [];
  let after = from;
  const signal = signalOf(world);
  // A unit that one whole call cannot measure must not stop the sweep at this place for ever.
  const mayGiveUp = () => units.length === 0;
  try {
    for await (const found of surveyVolume(volume, after, { ...world, signal, mayGiveUp })) {
      if (units.length >= most) return { units, after, end: 'too many' };
      for (const unit of found.units) units.push(unit);
      after = found.after;
      if (!hasTimeLeft(world.time)) return { units, after, end: 'deadline' };
    }
    return { units, after, end: 'whole' };
  } catch (error) {
    world.signal.throwIfAborted();
    if (!signal.aborted) throw error;
    return { units, after, end: 'deadline' };
  }
}

function signalOf({ signal, time: { deadline } }: VolumeWorld): AbortSignal {
  return deadline === undefined ? signal : AbortSignal.any([signal, deadline]);
}

async function note(units: readonly UnitFacts[], cursor: Cursor, { sweep, world }: Call): Promise<Cursor> {
  await world.notes.write(sweep, cursor.parts, writeFacts(units));
  return { ...cursor, parts: cursor.parts + 1 };
}

/** @returns undefined when a part is missing */
async function recall({ parts }: Cursor, { sweep, world }: Call): Promise<readonly UnitFacts[] | undefined> {
  const noted: (readonly UnitFacts[])[] = [];
  for (let part = 0; part < parts; part++) {
    const content = await world.notes.read(sweep, part);
    if (content === undefined) return undefined;
    noted.push(readFacts(content));
  }
  return noted.flat();
}

interface Progress {
  readonly report: PartReport;
  readonly cursor: Cursor;
  readonly isWhole: boolean;
}

async function removeOn(
  removals: readonly Removal[],
  from: Omit<Progress, 'isWhole'>,
  call: Call,
): Promise<Progress> {
  const { world } = call;
  let { report, cursor } = from;
  for (let isFirst = true; ; isFirst = false) {
    const removed = await removeCondemned(cursor.condemned, call);
    report = addToReport(report, removed.swept);
    cursor = { ...cursor, condemned: removed.left };
    if (removed.left.length > 0) return { report, cursor, isWhole: false };
    const batch = removals.slice(cursor.done, cursor.done + AT_ONCE);
    if (batch.length === 0) return { report, cursor, isWhole: true };
    if (!hasTimeLeft(world.time)) return { report, cursor, isWhole: false };
    const { swept, condemned, done } = world.isDryRun
      ? await preview(batch, isFirst, call)
      : await condemn(batch, isFirst, call);
    report = addToReport(report, swept);
    cursor = { ...cursor, condemned, done: cursor.done + done };
    if (done === 0) return { report, cursor, isWhole: false };
  }
}

/** Removes condemned units until the deadline. A half removed unit is among those that are left. */
async function removeCondemned(condemned: readonly Condemned[], { volume, world }: Call) {
  const swept: Swept[] = [];
  const signal = signalOf(world);
  for (const [index, { kind, path, key }] of condemned.entries()) {
    try {
      const { bytes, failures } = await world.files.remove(volume, key, signal);
      if (failures.length === 0) swept.push({ removed: kind, path, bytes });
      for (const failure of failures) swept.push({ failure, path });
    } catch (error) {
      world.signal.throwIfAborted();
      if (signal.aborted) return { swept, left: condemned.slice(index) };
      swept.push({ failure: describeError(error).message, path });
    }
  }
  return { swept, left: [] };
}

async function condemn(batch: readonly Removal[], isFirst: boolean, { volume, world }: Call) {
  const deadline = signalOf(world);
  const { taken, begun } = await condemnUnits(batch, volume, { ...world, deadline, isFirst });
  return { ...sort(taken, batch, volume), done: begun };
}

function sort(taken: readonly Taken[], batch: readonly Removal[], volume: SurveyedVolume) {
  const kinds = new Map(batch.map(({ unit: { key, kind } }) => [key, kind]));
  const swept: Swept[] = [];
  const condemned: Condemned[] = [];
  for (const each of taken) {
    const path = pathOf(volume, each.key);
    if ('condemned' in each)
      condemned.push({ kind: kinds.get(each.key) ?? 'unowned', path, key: each.condemned });
    else if ('failure' in each) swept.push({ failure: each.failure, path });
    else if (each.held !== 'gone') swept.push({ stays: each.held });
  }
  return { swept, condemned };
}

/** Returns what a sweep would remove, with its size. A unit that one whole call cannot measure has the size of the survey. */
async function preview(batch: readonly Removal[], isFirst: boolean, { volume, world }: Call) {
  const swept: Swept[] = [];
  const signal = signalOf(world);
  for (const [done, { unit }] of batch.entries()) {
    const { key, kind: removed, bytes = 0 } = unit;
    const measured = await world.files
      .measure(volume, key, { signal })
      .catch((error) => (signal.aborted && !world.signal.aborted ? 'too late' : Promise.reject(error)));
    if (measured === 'too late' && !(isFirst && done === 0)) return { swept, condemned: [], done };
    if (measured === undefined) continue;
    const size = measured === 'too late' ? bytes : measured.bytes;
    swept.push({ removed, path: pathOf(volume, key), bytes: size });
    if (measured === 'too late') return { swept, condemned: [], done: done + 1 };
  }
  return { swept, condemned: [], done: batch.length };
}
