/**
 * Each task of both state machines with each fault, once and in every call, on the embedded engine. A table at the end
 * counts the cases, the lost bytes, and the things that are left.
 */
import { loadDefinition, placedStates } from '../../../local/engine/definitions';
import { ELSEWHERE, expectedEnd, TARGETS } from './expected';
import { type Fault, KINDS } from './faults';
import { printTable, type Row, rowOf } from './table';
import { runWithFault } from './world';

const OUTPUT = 'data\n';

const CASES = TARGETS.flatMap((target) =>
  (target.kinds ?? KINDS).flatMap((kind) =>
    (kind === 'is stopped' ? [true] : [true, false]).map((once) => ({
      target,
      fault: { kind, state: target.state, once } satisfies Fault,
      title: `${target.state} ${kind}${kind === 'is stopped' ? '' : once ? ' once' : ' in each call'}`,
    })),
  ),
);

const rows: Row[] = [];
afterAll(() => printTable('embedded engine', rows));

test.each(CASES)('$title', async ({ target, fault }) => {
  const expected = expectedEnd(target, fault);
  const ended = await runWithFault(target.way, fault);
  rows.push(rowOf(fault, expected, ended));
  expect(ended.hits).toBeGreaterThan(0);
  const error = ended.outcome.status === 'FAILED' ? ended.outcome.error : undefined;
  expect({ status: ended.outcome.status, error }).toEqual({ status: expected.status, error: expected.error });
  expect({ ...ended, outcome: undefined, entered: undefined, hits: undefined }).toEqual({
    isInputWhole: true,
    // A demand that succeeds has stored its output. Otherwise the output is stored, or stays in the directory.
    stored: expected.status === 'SUCCEEDED' ? OUTPUT : ended.stored,
    hasDirectory: expected.directory === 'either' ? ended.hasDirectory : expected.directory,
    runningJobs: 0,
    held: 0,
    partialFiles: [],
  });
});

test('each task of both machines is a target here or has its faults elsewhere', () => {
  const tasks = (['demand-execution', 'data-sync'] as const).flatMap((machine) =>
    placedStates(loadDefinition(machine))
      .filter(({ state }) => state.Type === 'Task')
      .map(({ name }) => name),
  );
  const covered = [...TARGETS.map(({ state }) => state), ...Object.keys(ELSEWHERE)];
  expect(tasks.filter((name) => !covered.includes(name))).toEqual([]);
  expect(covered.filter((name) => !tasks.includes(name))).toEqual([]);
});
