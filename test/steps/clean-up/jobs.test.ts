import { existsSync } from 'node:fs';
import { endJobs } from '../../../src/steps/clean-up/jobs';
import { cleanUpAfter } from '../../../src/steps/clean-up-after';
import { entered, submitted } from '../../history/events';
import { ARN, EVENT, JOB_ARGS, Jobs, STAGING, scratch, worldOf } from './worlds';

test('jobs end before the first removal, and nested executions are stopped', async () => {
  const jobs = new Jobs(new Map([['job-1', 'RUNNING']]));
  const world = await worldOf([...STAGING, 'RunJob'], { jobs });
  world.executions.events.push(submitted({ jobId: 'job-1' }), submitted({ execution: 'arn:child' }));
  world.executions.kept.set('arn:child', { name: 'child', status: 'SUCCEEDED' });
  const { wait } = world.clock;
  world.clock.wait = async (ms) => {
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
    await wait(ms);
  };
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(jobs.terminated).toEqual(['job-1']);
  expect(world.executions.stopped).toEqual(['arn:child']);
});

test('a job that does not end keeps all files until the next call', async () => {
  const jobs = new Jobs(new Map([['job-1', 'RUNNING']]), 0);
  const world = await worldOf([...STAGING, 'RunJob'], { jobs });
  world.executions.events.push(submitted({ jobId: 'job-1' }));
  await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'JobStillRunning' });
  expect(existsSync(scratch('run-1/in/a'))).toBe(true);
});

test.each([
  ['counts as succeeded: its results stay', [...STAGING, 'RunJob'], 'KEPT'],
  [
    'counts as failed after CleanUpAfterFailure: its files are removed',
    [...STAGING, 'RunJob', 'CleanUpAfterFailure'],
    'REMOVED',
  ],
])('a job that Batch has deleted %s', async (_, states, status) => {
  const world = await worldOf(states, { hasOutput: true });
  world.executions.events.push(submitted({ jobId: 'job-1' }));
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status });
});

describe('a job after a retry', () => {
  const RETRY = ['DecideJobRetry', 'JobRetryDecided', 'WaitToRetryJob', 'RunJob'] as const;
  const worldWith = async (statuses: Record<string, string>, second?: string) => {
    const jobs = new Jobs(new Map(Object.entries(statuses)));
    const world = await worldOf(STAGING, { jobs, hasOutput: true });
    world.executions.events.push(
      entered('RunJob', JOB_ARGS, 1_000),
      submitted({ jobId: 'job-1' }),
      ...RETRY.map((state, index) => entered(state, JOB_ARGS, 60_000 + index)),
      ...(second === undefined ? [] : [submitted({ jobId: second })]),
    );
    world.executions.kept.set(ARN, { name: 'run-1', status: 'ABORTED', endedAt: 61_000 });
    return { world, jobs };
  };

  test('is stopped, and the failed job before it is left alone', async () => {
    const { world, jobs } = await worldWith({ 'job-1': 'FAILED', 'job-2': 'RUNNING' }, 'job-2');
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(jobs.terminated).toEqual(['job-2']);
  });

  test('is found by its name when Batch has accepted it without an answer', async () => {
    const { world, jobs } = await worldWith({ 'job-1': 'FAILED', lost: 'RUNNING' });
    const created = [
      { id: 'job-1', createdAt: 1_000 },
      { id: 'lost', createdAt: 60_500 },
    ];
    Object.assign(jobs, { named: async () => created });
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(jobs.terminated).toEqual(['lost']);
  });

  test('alone may have succeeded: a deleted job before it has no results', async () => {
    const { world } = await worldWith({ 'job-2': 'FAILED' }, 'job-2');
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(await cleanUpAfter(EVENT, (await worldWith({})).world)).toMatchObject({ status: 'REMOVED' });
    expect(await cleanUpAfter(EVENT, (await worldWith({}, 'job-2')).world)).toMatchObject({ status: 'KEPT' });
  });
});

describe('a job without an id in the history', () => {
  test('is found by its name and the time of its creation', async () => {
    const times = Object.entries({ early: 999, ours: 1_000, late: 20_000 });
    const created = times.map(([id, createdAt]) => ({ id, createdAt }));
    const jobs = new Jobs(new Map(times.map(([id]) => [id, 'RUNNING'])), 1, created);
    const world = await worldOf(STAGING, { jobs, hasOutput: true });
    world.executions.events.push(entered('RunJob', JOB_ARGS, 1_000));
    world.executions.kept.set(ARN, { name: 'run-1', status: 'ABORTED', endedAt: 2_000 });
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(jobs.searched).toEqual(['job', 'arn:queue']);
    expect(jobs.terminated).toEqual(['ours']);
  });

  test('is not the job of another attempt, made after this execution left RunJob', async () => {
    const created = [{ id: 'theirs', createdAt: 60_000 }];
    const jobs = new Jobs(new Map([['theirs', 'RUNNING']]), 1, created);
    const world = await worldOf(STAGING, { jobs, hasOutput: true });
    world.executions.events.push(
      entered('RunJob', JOB_ARGS, 1_000),
      entered('CleanUpAfterFailure', {}, 2_000),
    );
    world.executions.kept.set(ARN, { name: 'run-1', status: 'FAILED', endedAt: 600_000 });
    await cleanUpAfter(EVENT, world);
    expect(jobs.terminated).toEqual([]);
  });

  test('is found when Batch shows it late', async () => {
    const jobs = new Jobs(new Map([['late', 'RUNNING']]));
    const world = await worldOf(STAGING, { jobs, hasOutput: true });
    const endedAt = world.clock.now();
    world.executions.events.push(entered('RunJob', JOB_ARGS, endedAt - 10));
    world.executions.kept.set(ARN, { name: 'run-1', status: 'ABORTED', endedAt });
    const created = async () =>
      world.clock.now() > endedAt ? [{ id: 'late', createdAt: endedAt + 1_000 }] : [];
    Object.assign(jobs, { named: created });
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(jobs.terminated).toEqual(['late']);
  });
});

describe('a job that Batch has accepted twice', () => {
  const DUPLICATE = [{ id: 'unknown', createdAt: 1_500 }];
  const ended = async (states: Map<string, string>, created = DUPLICATE) => {
    const jobs = new Jobs(states, 1, created);
    const world = await worldOf(STAGING, { jobs, hasOutput: true });
    world.executions.events.push(
      entered('RunJob', JOB_ARGS, 1_000),
      { ...submitted({ jobId: 'known' }), timestamp: 2_000 },
      entered('JobFailed', {}, 9_000),
      entered('DemandFailed', {}, 9_000),
    );
    world.executions.kept.set(ARN, { name: 'run-1', status: 'FAILED', endedAt: 9_000 });
    return { jobs, answer: await cleanUpAfter(EVENT, world) };
  };

  test('is found by its name, and is ended before the removal', async () => {
    const { jobs, answer } = await ended(new Map(Object.entries({ known: 'FAILED', unknown: 'RUNNING' })));
    expect(answer).toMatchObject({ status: 'REMOVED' });
    expect(jobs.searched).toEqual(['job', 'arn:queue']);
    expect(jobs.terminated).toEqual(['unknown']);
  });

  test('keeps its results when it has succeeded', async () => {
    const { answer } = await ended(new Map(Object.entries({ known: 'FAILED', unknown: 'SUCCEEDED' })));
    expect(answer).toMatchObject({ status: 'KEPT' });
  });

  test.each([1_000, 2_000])(
    'is found when it was made at %i: the time of the submission, or of its answer',
    async (createdAt) => {
      const states = new Map(Object.entries({ known: 'FAILED', edge: 'RUNNING' }));
      expect((await ended(states, [{ id: 'edge', createdAt }])).jobs.terminated).toEqual(['edge']);
    },
  );

  test('is none of another execution: those were made before the submission or after its answer', async () => {
    const others = [
      { id: 'before', createdAt: 999 },
      { id: 'known', createdAt: 1_500 },
      { id: 'after', createdAt: 2_001 },
    ];
    const states = { known: 'FAILED', before: 'RUNNING', after: 'RUNNING' };
    expect((await ended(new Map(Object.entries(states)), others)).jobs.terminated).toEqual([]);
  });
});

describe('the end of the jobs', () => {
  const ENDED = { executionArn: ARN, endedAt: 2_000 };
  const LEFTOVERS = {
    wasBuilt: true,
    callsOverAt: 0,
    jobs: [],
    acceptedJobs: [],
    children: [],
    askedChildren: [],
    storing: 'not begun',
  } as const;
  const ASKED = { ...LEFTOVERS, askedJob: { name: 'job', queue: 'arn:queue', askedAt: 1_000 } };

  function worldAt(now: number, jobs: Jobs, remainingMs = () => 900_000) {
    const waits: number[] = [];
    const wait = async (ms: number) => {
      waits.push(ms);
      now += ms;
      for (const id of jobs.terminated) jobs.byId.set(id, 'FAILED');
    };
    return { jobs, clock: { now: () => now, wait }, time: { remainingMs }, waits };
  }

  test('asks Batch for no status when there is no job', async () => {
    const jobs = new Jobs();
    const statuses = jest.spyOn(jobs, 'statuses');
    expect(await endJobs(LEFTOVERS, ENDED, worldAt(0, jobs))).toBe(false);
    expect(statuses).not.toHaveBeenCalled();
  });

  test.each([
    ['60 seconds', 60_000, true],
    ['less than 60 seconds', 59_999, false],
  ])('is awaited when the call has %s left: %s ms', async (_, left, isAwaited) => {
    const ending = endJobs(
      { ...LEFTOVERS, jobs: ['job-1'] },
      ENDED,
      worldAt(0, new Jobs(new Map([['job-1', 'RUNNING']])), () => left),
    );
    if (isAwaited) expect(await ending).toBe(false);
    else await expect(ending).rejects.toMatchObject({ name: 'JobStillRunning' });
  });

  test('finds a job that was made 10 seconds after the end of the execution, and searches no longer', async () => {
    const created = [
      { id: 'last', createdAt: 12_000 },
      { id: 'later', createdAt: 12_001 },
    ];
    const world = worldAt(5_000, new Jobs(new Map([['last', 'SUCCEEDED']]), 1, created));
    expect(await endJobs(ASKED, ENDED, world)).toBe(true);
    expect(world.waits).toEqual([]);
  });

  test('searches every 2 seconds for a job, until 10 seconds after the end of the execution', async () => {
    const world = worldAt(7_000, new Jobs());
    expect(await endJobs(ASKED, ENDED, world)).toBe(false);
    expect(world.waits).toEqual([2_000, 2_000, 1_000]);
  });
});
