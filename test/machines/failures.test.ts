/** Properties of the definitions that decide how a failure ends. */
import type { MachineName } from '../../src/machines/states';
import { MACHINES, statesOf } from './service';

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath?: string;
  readonly Next: string;
}

interface Step {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly ResultPath?: string;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly Catcher[];
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next?: string }[];
}

const stepsOf = (machine: MachineName) =>
  statesOf(machine).map(({ name, state, within }) => ({ name, within, step: state as Step }));
const tasks = MACHINES.flatMap((machine) =>
  stepsOf(machine).flatMap(({ name, step }) =>
    step.Type === 'Task' ? [{ id: `${machine} ${name}`, step }] : [],
  ),
);
const calls = tasks.flatMap(({ id, step }) => {
  const called = step.Parameters?.['FunctionName.$'] ?? step.Parameters?.FunctionName;
  return typeof called === 'string' ? [{ id, step, called }] : [];
});
const retriedBy = ({ Retry = [] }: Step) => new Set(Retry.flatMap(({ ErrorEquals }) => ErrorEquals));

/** Errors of Lambda before the function begins. */
const NOT_BEGUN = [
  'Lambda.ServiceException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.EFSIOException',
  'Lambda.EFSMountConnectivityException',
  'Lambda.EFSMountFailureException',
  'Lambda.EFSMountTimeoutException',
];
/** Ends of a function in the middle of its work: out of memory, its time-out, and that of the state. */
const CUT_OFF = [
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'Sandbox.Timedout',
  'States.Timeout',
  'FileSystemStalled',
];
/** Functions whose next call goes on where the last one ended. */
const RESUMABLE = /dataSync|planDataSync|removeDataPaths|sweep/i;

test.each(tasks)('$id has a time-out', ({ step }) => {
  expect(step.TimeoutSeconds ?? step.TimeoutSecondsPath).toBeDefined();
});

test.each(calls)('$id is repeated when its function could not begin', ({ step }) => {
  expect(NOT_BEGUN.filter((error) => !retriedBy(step).has(error))).toEqual([]);
});

test.each(calls.filter(({ called }) => RESUMABLE.test(called)))(
  '$id is repeated when its function was cut off',
  ({ step }) => {
    expect(CUT_OFF.filter((error) => !retriedBy(step).has(error))).toEqual([]);
  },
);

test('each outer task and Map of demand-execution catches every error', () => {
  const outer = stepsOf('demand-execution').filter(
    ({ step, within }) => within.length === 0 && /Task|Map/.test(step.Type),
  );
  const last = outer.map(({ name, step }) => [name, step.Catch?.at(-1)?.ErrorEquals]);
  expect(last).toEqual(outer.map(({ name }) => [name, ['States.ALL']]));
  expect(outer.length).toBeGreaterThan(8);
});

test.each(['demand-execution', 'data-sync'] as const)(
  '%s: no state after a failure replaces the first cause',
  (machine) => {
    const steps = new Map(stepsOf(machine).map(({ name, step }) => [name, step]));
    const begins = [...steps.values()].flatMap(writersOfFailure);
    const after = reachable(begins, steps);
    expect(after.size).toBeGreaterThan(2);
    const replacing = [...after].filter((name) => {
      const step = steps.get(name);
      const paths = [step?.ResultPath, ...(step?.Catch ?? []).map(({ ResultPath }) => ResultPath ?? '$')];
      return paths.some((path) => path === '$' || path === '$.failure');
    });
    expect(replacing).toEqual([]);
  },
);

function writersOfFailure({ Catch = [] }: Step): readonly string[] {
  return Catch.flatMap(({ ResultPath, Next }) => (ResultPath === '$.failure' ? [Next] : []));
}

function reachable(begins: readonly string[], steps: ReadonlyMap<string, Step>): ReadonlySet<string> {
  const found = new Set(begins);
  for (const name of found) {
    const { Next, Default, Choices = [], Catch = [] } = steps.get(name) ?? { Type: '' };
    for (const next of [
      Next,
      Default,
      ...Choices.map((each) => each.Next),
      ...Catch.map((each) => each.Next),
    ])
      if (next !== undefined) found.add(next);
  }
  return found;
}

test('a nested execution has a name of its own for each attempt, phase and transfer', () => {
  const names = tasks.flatMap(({ step }) => (step.Parameters?.['Name.$'] as string | undefined) ?? []);
  expect(new Set(names).size).toBe(2);
  for (const name of names) {
    expect(name).toContain('$$.Execution.Id');
    expect(name).toContain('$.index');
  }
});
