import fc from 'fast-check';
import { decideRetry, type JobsSoFar, MOST_JOBS } from '../../../src/batch/retries/decide';
import type { EndedJob } from '../../../src/batch/retries/ended-jobs';
import { DEFAULT_RULES, LONGEST_WAIT_SECONDS } from '../../../src/batch/retries/rules';
import { STATUS_REASONS, TIMED_OUT_REASON } from '../../../src/batch/status-reasons';
import { RETRY_ACTIONS } from '../../../src/demand/retries';
import { runs } from '../../demand/arbitraries';

const LOST = { jobId: 'one', isStopped: false, statusReason: 'Host EC2 (instance i-1) terminated.' };
const NO_MEMORY = {
  jobId: 'one',
  isStopped: false,
  statusReason: STATUS_REASONS.exited,
  reason: 'OutOfMemoryError: Container killed due to memory usage',
  exitCode: 137,
};
const NO_IMAGE = {
  jobId: 'one',
  isStopped: false,
  statusReason: STATUS_REASONS.notStarted,
  reason: 'CannotPullContainerError: toomanyrequests',
};
const FIRST: JobsSoFar = {
  rules: DEFAULT_RULES,
  memorySettings: { memoryFactor: 2, maxMemory: 1_024 },
  firstMemory: 512,
  memory: 512,
  ended: [],
};

/** Decides until the job is not retried. @returns the memory of each job */
function follow(ends: readonly Parameters<typeof decideRetry>[0][], soFar = FIRST): number[] {
  const memory = [soFar.memory];
  let state = soFar;
  for (const end of ends) {
    const decision = decideRetry(end, state);
    if (decision.action === 'EXIT') return memory;
    memory.push(decision.memory);
    state = { ...state, memory: decision.memory, ended: decision.ended };
  }
  return memory;
}

test('a lack of memory doubles the memory up to the ceiling, and then the job fails', () => {
  expect(follow([NO_MEMORY, NO_MEMORY, NO_MEMORY])).toEqual([512, 1_024]);
  expect(follow([NO_MEMORY], { ...FIRST, memorySettings: {} })).toEqual([512]);
});

test('a retry tells the job that has failed, its memory, its reason and the rule', () => {
  expect(decideRetry(NO_MEMORY, FIRST)).toEqual({
    action: 'RETRY',
    memory: 1_024,
    waitSeconds: 0,
    ended: [
      {
        jobId: 'one',
        memory: 512,
        exitCode: 137,
        reason: NO_MEMORY.reason,
        rule: 'RETRY_WITH_MORE_MEMORY onReason OutOfMemoryError*',
      },
    ],
  });
});

test('lost hosts use up no retry of another rule', () => {
  const lost = Array.from({ length: 12 }, () => LOST);
  expect(follow([...lost, NO_IMAGE, NO_MEMORY, ...lost.slice(0, 5), NO_IMAGE, NO_IMAGE])).toEqual([
    ...Array(14).fill(512),
    ...Array(8).fill(1_024),
  ]);
});

test.each([
  ['CannotPullContainerError: pull image manifest has been retried 5 time(s): i/o timeout', 'RETRY'],
  ['CannotPullContainerError: pull image manifest has been retried 1 time(s): tool:9: not found', 'EXIT'],
  ['ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes', 'RETRY'],
  ['ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException', 'EXIT'],
  ['ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m', 'RETRY'],
  ['ended by its user: RETRY', 'EXIT'],
])('on Fargate the status reason may be that of the container: %s', (statusReason, action) => {
  expect(decideRetry({ jobId: 'one', isStopped: false, statusReason }, FIRST).action).toBe(action);
  const rules = [{ action: 'RETRY', onStatusReason: `${statusReason.slice(0, 10)}*` } as const];
  expect(decideRetry({ jobId: 'one', isStopped: false, statusReason }, { ...FIRST, rules }).action).toBe(
    'RETRY',
  );
});

test('each rule has its own number of retries', () => {
  expect(follow([NO_IMAGE, NO_IMAGE, NO_IMAGE, NO_IMAGE, NO_IMAGE])).toHaveLength(4);
  const rules = [{ action: 'RETRY', onReason: 'CannotPull*', retries: 1 }] as const;
  expect(follow([NO_IMAGE, NO_IMAGE], { ...FIRST, rules })).toHaveLength(2);
});

test('a rule of the demand wins over a default rule', () => {
  const rules = [{ action: 'EXIT', onStatusReason: 'Host*' } as const, ...DEFAULT_RULES];
  expect(decideRetry(LOST, { ...FIRST, rules })).toEqual({ action: 'EXIT' });
});

test.each([
  ['a stopped job', { ...LOST, isStopped: true }],
  ['a job that ran too long', { ...LOST, statusReason: TIMED_OUT_REASON, exitCode: 137 }],
])('%s does not run again, whatever the rules are', (_, failed) => {
  expect(decideRetry(failed, { ...FIRST, rules: [{ action: 'RETRY' }] })).toEqual({ action: 'EXIT' });
});

test('a failed program does not run again, unless a rule names its exit code', () => {
  const failed = { jobId: 'one', isStopped: false, statusReason: STATUS_REASONS.exited, exitCode: 75 };
  expect(decideRetry(failed, FIRST).action).toBe('EXIT');
  const rules = [{ action: 'RETRY', onExitCode: '75' } as const, ...DEFAULT_RULES];
  expect(decideRetry(failed, { ...FIRST, rules }).action).toBe('RETRY');
});

test('each wait is up to twice as long as the one before, and shorter by up to a half', () => {
  const waits: number[] = [];
  const rules = [{ action: 'RETRY', onReason: 'Cannot*', waitSeconds: 60, retries: 50 }] as const;
  let ended: readonly EndedJob[] = [];
  for (let retry = 0; retry < 8; retry += 1) {
    const decision = decideRetry({ ...NO_IMAGE, jobId: `job ${retry}` }, { ...FIRST, rules, ended });
    if (decision.action === 'EXIT') throw new Error('the job is not retried');
    ended = decision.ended;
    const longest = Math.min(60 * 2 ** retry, LONGEST_WAIT_SECONDS);
    expect(decision.waitSeconds).toBeLessThanOrEqual(longest);
    expect(decision.waitSeconds).toBeGreaterThanOrEqual(longest / 2);
    waits.push(decision.waitSeconds / longest);
  }
  expect(new Set(waits).size).toBeGreaterThan(4);
});

test('an execution has an end, whatever the rules and the ends of its jobs are', () => {
  const rule = fc.record({
    action: fc.constantFrom(...RETRY_ACTIONS),
    onExitCode: fc.constantFrom('1', '2*', '*'),
    retries: fc.integer({ min: 1, max: 50 }),
  });
  const end = fc.record({
    jobId: fc.constant('one'),
    isStopped: fc.constant(false),
    exitCode: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 8 }),
      fc.array(end, { minLength: 120, maxLength: 120 }),
      (rules, ends) => {
        const jobs = follow(ends, { ...FIRST, rules });
        expect(jobs.length).toBeLessThanOrEqual(MOST_JOBS);
        expect(Math.max(...jobs)).toBeLessThanOrEqual(1_024);
      },
    ),
    runs(100),
  );
});
