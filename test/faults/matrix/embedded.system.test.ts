/**
 * Each task of the machines of a demand with each fault, once and in every call, on the embedded engine. A table at the end
 * counts the cases, the lost bytes, and the things that are left.
 */
import { loadDefinition, placedStates } from '../../../local/engine/definitions';
import { STATES } from '../../../src/machines/states';
import { ELSEWHERE, expectedEnd, kindsOf, TARGETS, type Target, wayOf } from './expected';
import type { Fault, Kind } from './faults';
import { printTable, type Row, rowOf } from './table';
import { runWithFault } from './world';

const OUTPUT = 'data\n';

/** Kinds that need more than one process: the tests of the local API have them. */
const NOT_HERE: Readonly<Partial<Record<string, readonly Kind[]>>> = {
  // Here a nested execution is a function call of the engine itself.
  SyncInputAtScale: ['loses its answer'],
  SyncOutputAtScale: ['loses its answer'],
};

interface Case {
  readonly title: string;
  readonly target: Target;
  readonly fault: Fault;
  readonly isShared: boolean;
}

/** A fault in every call meets a demand with shared inputs. A fault in one call meets a demand with inputs of its own. */
function casesOf(target: Target): Case[] {
  const { state, ofOutput = false } = target;
  const kinds = kindsOf(target).filter((kind) => !NOT_HERE[state]?.includes(kind));
  return kinds.flatMap((kind) =>
    [true, false].map((isOwn) => {
      const once = kind === 'is stopped' || isOwn;
      const times = kind === 'is stopped' ? '' : once ? ' once' : ' in each call';
      const title = `${state}${ofOutput ? ' of an output' : ''} ${kind}${times}${isOwn ? '' : ', shared inputs'}`;
      return { title, target, fault: { kind, state, once }, isShared: !isOwn };
    }),
  );
}

const rows: Row[] = [];
afterAll(() => printTable('embedded engine', rows));

test.each(TARGETS.flatMap(casesOf))('$title', async ({ target, fault, isShared }) => {
  const expected = expectedEnd(target, fault);
  const way = wayOf(target, fault.kind, isShared);
  const ended = await runWithFault(way, fault);
  const row = rowOf(target, expected, ended);
  rows.push(row);
  expect(ended.hits).toBeGreaterThan(0);
  const { outcome, entered, hasDirectory, readers, kept } = ended;
  const error = outcome.status === 'FAILED' ? outcome.error : undefined;
  expect({ status: outcome.status, error }).toEqual({ status: expected.status, error: expected.error });
  expect(row).toMatchObject({ bytesLost: 0, thingsLeft: 0 });
  if (expected.directory !== 'either') expect(hasDirectory).toBe(expected.directory);
  if (expected.readers === true && isShared) expect(readers).toHaveLength(1);
  // A directory with an output that is not stored has a record, once its state has ended.
  if (entered.includes('InputsReleased')) expect(kept).toEqual(hasDirectory ? ['/scratch/demand'] : []);
  const objects = ['faults/in', ...(ended.stored === undefined ? [] : ['faults/demand/out'])];
  expect(ended.objects).toEqual(objects.sort());
  if (expected.status === 'SUCCEEDED') expect(ended.stored).toBe(OUTPUT);
});

test('each task of each machine is a target here, or has its faults elsewhere', () => {
  const tasks = Object.keys(STATES).flatMap((machine) =>
    placedStates(loadDefinition(machine as keyof typeof STATES))
      .filter(({ state }) => state.Type === 'Task')
      .map(({ name }) => name),
  );
  const covered = [...TARGETS.map(({ state }) => state), ...Object.keys(ELSEWHERE)];
  expect(tasks.filter((name) => !covered.includes(name))).toEqual([]);
  expect(covered.filter((name) => !tasks.includes(name))).toEqual([]);
});
