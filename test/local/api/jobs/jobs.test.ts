/** Attempts of a job as Batch runs them. The runner is faked: it reports the end of each attempt. */
import { setImmediate } from 'node:timers/promises';
import { Jobs, type JobsWorld } from '../../../../local/api/jobs/jobs';
import type { JobExit } from '../../../../local/batch/runner';
import { RETRY_STRATEGY } from '../../../../src/batch/job';
import { TIMED_OUT_REASON } from '../../../../src/batch/status-reasons';

type Attempt = JobExit | Error | 'until the time-out';

function jobsWith(attempts: readonly Attempt[]) {
  const left = [...attempts];
  const ended: (() => void)[] = [];
  const blocked: unknown[] = [];
  const world: JobsWorld = {
    runner: {
      run: async (_job, _onLine, signal) => {
        const [next = { exitCode: 0 }] = left.splice(0, 1);
        if (next instanceof Error) throw next;
        if (next !== 'until the time-out') return next;
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        return { exitCode: 143, reason: 'ended by SIGTERM' };
      },
    },
    settings: { region: 'us-west-2', environment: {} },
    findDefinition: async () => ({
      jobDefinitionArn: 'arn',
      retryStrategy: RETRY_STRATEGY,
      containerProperties: { image: 'image', resourceRequirements: [{ type: 'MEMORY', value: '512' }] },
    }),
    mountsOf: async () => [],
    secretReader: () => async () => '',
    log: () => undefined,
    changed: ({ status }) => {
      if (status === 'FAILED' || status === 'SUCCEEDED') for (const resolve of ended) resolve();
    },
    obstacleOf: ({ jobName }) => (jobName === 'too large' ? 'MISCONFIGURATION:ANY' : undefined),
    blocked: ({ jobId, status, statusReason }) => blocked.push([jobId, status, statusReason]),
    clock: { now: () => 1 },
  };
  const jobs = new Jobs(world);
  const run = async (request: object = {}) => {
    const end = new Promise<void>((resolve) => ended.push(resolve));
    const { jobId } = await jobs.submit({
      jobName: 'job',
      jobQueue: 'queue',
      jobDefinition: 'arn',
      ...request,
    });
    await end;
    return jobs.describe([jobId])[0];
  };
  return { jobs, run, blocked };
}

test('a job that lacks memory is not repeated by Batch, and has its reason', async () => {
  const reason = 'OutOfMemoryError: Container killed due to memory usage';
  const job = await jobsWith([{ exitCode: 137, reason }]).run();
  expect(job).toMatchObject({ status: 'FAILED', container: { exitCode: 137, reason }, attempts: [{}] });
  expect(job?.attempts).toHaveLength(1);
});

test('a job without rules is repeated after any failure', async () => {
  const job = await jobsWith([{ exitCode: 1 }, { exitCode: 2 }]).run({ retryStrategy: { attempts: 3 } });
  expect(job).toMatchObject({ status: 'SUCCEEDED', container: { exitCode: 0 } });
  expect(job?.attempts.map(({ container }) => container.exitCode)).toEqual([1, 2, 0]);
});

test('a time-out ends an attempt, has the reason of Batch, and is not repeated', async () => {
  const job = await jobsWith(['until the time-out', { exitCode: 0 }]).run({
    timeout: { attemptDurationSeconds: 0.05 },
    retryStrategy: { attempts: 3 },
  });
  expect(job).toMatchObject({
    status: 'FAILED',
    statusReason: TIMED_OUT_REASON,
    container: { exitCode: 143, reason: 'ended by SIGTERM' },
  });
  expect(job?.attempts).toHaveLength(1);
});

test('a job has the tags and the memory of its submission', async () => {
  const { run } = jobsWith([]);
  expect(await run()).toMatchObject({
    tags: {},
    container: { resourceRequirements: [{ type: 'MEMORY', value: '512' }] },
  });
  const overrides = { resourceRequirements: [{ type: 'MEMORY', value: '1024' }] };
  expect(await run({ tags: { one: '1' }, containerOverrides: overrides })).toMatchObject({
    tags: { one: '1' },
    container: overrides,
  });
});

test.each([
  ['rules that are a text', 'any'],
  ['a rule without an action', [{ onExitCode: '1' }]],
  ['a rule that is null', [null]],
])('a retry strategy with %s fails its own job, and the others go on', async (_, evaluateOnExit) => {
  const { jobs, run } = jobsWith([{ exitCode: 1 }, { exitCode: 0 }]);
  expect(await run({ retryStrategy: { attempts: 2, evaluateOnExit } })).toMatchObject({
    status: 'FAILED',
    statusReason: expect.stringContaining('cannot run this job'),
    stoppedAt: 1,
  });
  expect(await run()).toMatchObject({ status: 'SUCCEEDED' });
  await jobs.stop();
});

test('a job that loses its host is repeated by the rules of Batch', async () => {
  const lost = { exitCode: 143, statusReason: 'Host EC2 (instance i-1) terminated.' };
  const job = await jobsWith([lost, lost, { exitCode: 0 }]).run();
  expect(job?.attempts.map(({ statusReason }) => statusReason)).toEqual([
    lost.statusReason,
    lost.statusReason,
    'Essential container in task exited',
  ]);
});

test.each(['terminate', 'cancel'] as const)(
  'a job without a host waits until somebody ends it: %s',
  async (end) => {
    const { jobs, blocked } = jobsWith([]);
    const given = { jobName: 'too large', jobQueue: 'queue', jobDefinition: 'arn' };
    const { jobId } = await jobs.submit(given);
    expect(blocked).toEqual([[jobId, 'RUNNABLE', 'MISCONFIGURATION:ANY']]);
    jobs[end](jobId, 'not needed');
    await setImmediate();
    await jobs.stop();
    expect(jobs.describe([jobId])).toMatchObject([
      { status: 'FAILED', statusReason: 'not needed', attempts: [], isCancelled: end === 'cancel' },
    ]);
  },
);

test('a job that has started is not cancelled', async () => {
  const { jobs } = jobsWith(['until the time-out']);
  const { jobId } = await jobs.submit({ jobName: 'job', jobQueue: 'queue', jobDefinition: 'arn' });
  await setImmediate();
  jobs.cancel(jobId, 'not needed');
  expect(jobs.describe([jobId])).toMatchObject([{ status: 'RUNNING', isCancelled: false }]);
  await jobs.stop();
});
