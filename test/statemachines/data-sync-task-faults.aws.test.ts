/**
 * The states in which AWS DataSync copies, with each fault of their functions. A stop ends such an execution without these
 * states: test/steps/clean-up/transfers.test.ts.
 */
import { NOTHING_LEFT, useDataSyncMachine } from './data-sync-machine';

const { copying, keys, leftOver, run } = useDataSyncMachine('eu-north-1');

const KINDS = {
  throws: { error: 'ErrorOfTheTest', hasEffect: false, isRepeated: false },
  'is killed': { error: 'Lambda.Unknown', hasEffect: false, isRepeated: true },
  'times out': { error: 'Sandbox.Timedout', hasEffect: true, isRepeated: true },
  'is throttled': { error: 'Lambda.TooManyRequestsException', hasEffect: false, isRepeated: true },
  'loses its answer': { error: 'Lambda.ServiceException', hasEffect: true, isRepeated: true },
} as const;
type Kind = keyof typeof KINDS;

const CASES = [
  ...(Object.keys(KINDS) as Kind[]).map((kind) => ({ kind, once: true })),
  { kind: 'loses its answer', once: false } as const,
].map((each) => ({ ...each, title: `${each.kind}${each.once ? '' : ' in each call'}` }));

const stateOf = (event: unknown) => (event as { logged_as: { state: string } }).logged_as.state;
const named = (name: string) => Object.assign(new Error('a fault of the test'), { name });

/** Returns the hooks of a run in which a state has a fault, and other states fail. */
function faultIn(
  state: string,
  { kind, once }: { kind: Kind; once: boolean },
  failing: readonly string[] = [],
) {
  const { error, hasEffect } = KINDS[kind];
  let hits = 0;
  const fail = (event: unknown) => {
    if (stateOf(event) === state && (!once || hits === 0)) {
      hits++;
      throw named(error);
    }
  };
  return {
    before: (event: unknown) => {
      if (failing.includes(stateOf(event))) throw named('ErrorBeforeTheFault');
      if (!hasEffect) fail(event);
    },
    after: (event: unknown) => {
      if (hasEffect) fail(event);
    },
    hits: () => hits,
  };
}

describe.each(['StartDataSyncTask', 'PollDataSyncTask', 'CleanUpDataSyncTask'])('%s', (state) => {
  test.each(CASES)('$title', async ({ kind, once }) => {
    copying();
    const fault = faultIn(state, { kind, once });
    const { outcome } = await run({}, fault);
    const { error, isRepeated } = KINDS[kind];
    const isDone = once && isRepeated;
    expect(fault.hits()).toBeGreaterThan(0);
    expect(outcome).toMatchObject(isDone ? { status: 'SUCCEEDED' } : { status: 'FAILED', error });
    expect(await leftOver()).toEqual(NOTHING_LEFT);
    // Only the end of the machine mirrors.
    expect((await keys('out/')).includes('out/stale.txt')).toBe(!isDone);
  });
});

describe('StopDataSyncTask', () => {
  test.each(CASES)('$title', async ({ kind, once }) => {
    copying();
    const fault = faultIn('StopDataSyncTask', { kind, once }, ['PollDataSyncTask']);
    const { outcome } = await run({}, fault);
    const { hasEffect, isRepeated } = KINDS[kind];
    expect(fault.hits()).toBeGreaterThan(0);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'ErrorBeforeTheFault' });
    // A stop that has failed leaves the task to the clean-up of the ended execution.
    expect((await leftOver()).tasks).toBe(hasEffect || (once && isRepeated) ? 0 : 1);
  });
});
