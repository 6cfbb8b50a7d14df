/**
 * Retries of a job on the embedded engine. A process job has no memory limit and no host to lose, so these two ends are
 * made at the seam of the job runner: the process runs, and the test replaces the exit that the runner reports.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobExit, RunnableJob } from '../../../local/batch/runner';
import type { MockedAnswer } from '../../../local/mocks/mock-file';
import { explainFailure } from '../../../src/history/failure';
import { demandOf, type Fields } from '../../demand/arbitraries';
import { useFolder } from '../../transfer/folders';
import { type Run, runEmbedded } from './embedded';

const folder = useFolder();
const OUT_OF_MEMORY = { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' };

const demand = (platform: Fields, command = 'cat ${IN} >> ${OUT}; echo half > left') =>
  demandOf(
    {
      command: [command],
      params: { in: 's3://bucket/in @ in', out: 'out @ s3://bucket/out' },
      inputs: ['in'],
      outputs: ['out'],
    },
    {
      execution_platform: { aws_batch: { job_queue_name: 'queue', ...platform } },
      resource_requirements: { memory: 512, vcpus: 1 },
    },
  );

/** Runs each job, and reports the given ends in their order; undefined: the end of the process. */
async function runWithEnds(
  platform: Fields,
  ends: readonly (JobExit | Error | undefined)[],
  mocked?: (state: string) => MockedAnswer | undefined,
) {
  const jobs: RunnableJob[] = [];
  const result = await runEmbedded(
    demand(platform),
    folder.path,
    async (run: Run, job) => {
      const end = ends[jobs.length];
      jobs.push(job);
      if (end instanceof Error) throw end;
      const exit = await run(job);
      return end ?? exit;
    },
    mocked,
  );
  return { ...result, jobs };
}

const outOf = (root: { readonly s3: string }) => readFileSync(join(root.s3, 'bucket/out'), 'utf8');
const memoryOf = ({ outcome }: Awaited<ReturnType<typeof runWithEnds>>) =>
  outcome.status === 'SUCCEEDED' ? (outcome.output as Fields).batch : undefined;

test('a job that lacks memory runs again with more, without the outputs of the job before', async () => {
  const retry = { memory_factor: 2, max_memory: 2_048 };
  const result = await runWithEnds({ retry }, [OUT_OF_MEMORY, OUT_OF_MEMORY, undefined]);
  expect(result.outcome.status).toBe('SUCCEEDED');
  expect(memoryOf(result)).toMatchObject({
    args: { container_overrides: { ResourceRequirements: [{ Type: 'MEMORY', Value: '2048' }, {}] } },
    ended_jobs: [{ memory: 512, exit_code: 137 }, { memory: 1_024 }],
  });
  expect(new Set(result.jobs.map(({ jobId }) => jobId)).size).toBe(3);
  expect(result.states.filter((state) => state === 'RunJob')).toHaveLength(3);
  // The command appends: outputs of an earlier job would be in the result.
  expect(outOf(result.root)).toBe('input\n');
});

test('a job that still lacks memory at the ceiling fails, and the failure has the memory of each job', async () => {
  const retry = { memory_factor: 2, max_memory: 1_024 };
  const { outcome, states, stored } = await runWithEnds({ retry }, [OUT_OF_MEMORY, OUT_OF_MEMORY]);
  if (outcome.status === 'SUCCEEDED') throw new Error('the demand has succeeded');
  const failure = explainFailure(outcome);
  expect(failure).toMatchObject({ error: 'States.TaskFailed', exitCode: 137 });
  expect(failure.jobs?.map(({ memory }) => memory)).toEqual([512, 1_024]);
  expect(failure.message).toContain('It was the last of 2 jobs: 512 MiB (OutOfMemoryError');
  expect(states.slice(-4)).toEqual([
    'JobFailed',
    'CleanUpAfterFailure',
    'CleanedUpAfterFailure',
    'DemandFailed',
  ]);
  expect(stored).toEqual(['in']);
});

test('without a factor a lack of memory is no reason for another job', async () => {
  const { jobs, outcome } = await runWithEnds({}, [OUT_OF_MEMORY]);
  expect(outcome.status).toBe('FAILED');
  expect(jobs).toHaveLength(1);
});

test('a job that did not start is repeated, and takes the directory over from the last job that did', async () => {
  const retry = { memory_factor: 2, rules: [{ action: 'RETRY', on_reason: 'no runner', wait_seconds: 0 }] };
  const result = await runWithEnds({ retry }, [OUT_OF_MEMORY, new Error('no runner'), undefined]);
  expect(result.outcome.status).toBe('SUCCEEDED');
  const [first, second, third] = result.jobs;
  expect(third?.environment._PREVIOUS_JOBS).toBe(`${second?.jobId} ${first?.jobId}`);
  expect(outOf(result.root)).toBe('input\n');
});

test('a program that fails does not run again, unless the demand has a rule for its exit code', async () => {
  expect((await runWithEnds({}, [{ exitCode: 75 }])).jobs).toHaveLength(1);
});

test('a rule of the demand repeats a program with its exit code', async () => {
  const retry = { rules: [{ action: 'RETRY', on_exit_code: '75', retries: 2, wait_seconds: 0 }] };
  const { jobs, outcome } = await runWithEnds({ retry }, Array(5).fill({ exitCode: 75 }));
  expect(jobs).toHaveLength(3);
  expect(outcome.status).toBe('FAILED');
});

/** Answers the first calls of RunJob with a job that has lost its host. */
function hostLosses(count: number) {
  let left = count;
  return (state: string): MockedAnswer | undefined => {
    if (state !== 'RunJob' || left === 0) return undefined;
    left -= 1;
    const detail = {
      JobId: `lost-${left}`,
      StatusReason: 'Host EC2 (instance i-0a1b) terminated.',
      Container: {},
    };
    return { Throw: { Error: 'States.TaskFailed', Cause: JSON.stringify(detail) } };
  };
}

test('lost hosts use up no retry for a lack of memory', async () => {
  const retry = { memory_factor: 2, max_memory: 1_024 };
  const result = await runWithEnds({ retry }, [OUT_OF_MEMORY, undefined], hostLosses(5));
  expect(result.outcome.status).toBe('SUCCEEDED');
  const { ended_jobs: ended } = memoryOf(result) as { readonly ended_jobs: readonly Fields[] };
  expect(ended.map(({ memory }) => memory)).toEqual(Array(6).fill(512));
  expect(ended.at(0)).toMatchObject({ reason: 'Host EC2 (instance i-0a1b) terminated.' });
  expect(result.states.filter((state) => state === 'WaitToRetryJob')).toHaveLength(6);
});

test('a function that cannot decide leaves the failure of the job as it was', async () => {
  const refused: MockedAnswer = { Throw: { Error: 'Lambda.Unknown', Cause: 'out of time' } };
  const result = await runWithEnds({}, [{ exitCode: 3 }], (state) =>
    state === 'DecideJobRetry' ? refused : undefined,
  );
  if (result.outcome.status === 'SUCCEEDED') throw new Error('the demand has succeeded');
  expect(explainFailure(result.outcome)).toMatchObject({ error: 'States.TaskFailed', exitCode: 3 });
  expect(result.states.slice(-5, -3)).toEqual(['JobNotRetried', 'JobFailed']);
});
