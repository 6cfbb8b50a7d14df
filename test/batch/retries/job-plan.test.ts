import { batchCreateRequestSchema } from '../../../src/batch/request';
import { planJob, planRetry } from '../../../src/batch/retries/job-plan';
import { DEFAULT_JOB_SETTINGS } from '../../../src/batch/retries/settings';
import { readModel } from '../../../src/wire/schema';

const request = (fields: object = {}) =>
  readModel(batchCreateRequestSchema, {
    image: 'docker.io/library/alpine:3',
    job_definition_name: 'name',
    job_queue_name: 'queue',
    resource_requirements: { memory: 512, vcpus: 1 },
    ...fields,
  });
const ARGS = {
  job_name: 'job',
  job_definition_arn: 'arn',
  job_queue_arn: 'queue',
  parameters: {},
  container_overrides: {
    Environment: [{ Name: 'A', Value: '1' }],
    ResourceRequirements: [
      { Type: 'MEMORY', Value: '512' },
      { Type: 'VCPU', Value: '1' },
    ],
  },
};
const failure = (jobId: string) => ({
  Error: 'States.TaskFailed',
  Cause: JSON.stringify({
    JobId: jobId,
    StatusReason: 'Essential container in task exited',
    Container: { ExitCode: 137, Reason: 'OutOfMemoryError: Container killed due to memory usage' },
  }),
});
const MORE = { retry: { memory_factor: 2, max_memory: 4_096 } };

test('a job has the time-out of its stage, or of its demand', () => {
  expect(planJob(request(), ARGS, DEFAULT_JOB_SETTINGS)).toMatchObject({
    action: 'RUN',
    args: ARGS,
    timeOut: { attemptDurationSeconds: 86_400, runJobSeconds: 5 * 86_400 + 259_200 },
    endedJobs: [],
  });
  const given = { timeout: { attempt_duration_seconds: 600 }, retry_strategy: { attempts: 2 } };
  expect(planJob(request(given), ARGS, DEFAULT_JOB_SETTINGS).timeOut).toEqual({
    attemptDurationSeconds: 600,
    runJobSeconds: 1_200 + 259_200,
  });
});

test('a retry differs from its job by the memory and by the ids of the jobs before', () => {
  const first = planRetry(
    request(MORE),
    { args: ARGS, endedJobs: [], failure: failure('one') },
    DEFAULT_JOB_SETTINGS,
  );
  expect(first).toMatchObject({ action: 'RETRY', waitSeconds: 0, failure: { Error: '', Cause: '' } });
  expect(first.args).toEqual({
    ...ARGS,
    container_overrides: {
      Environment: [
        { Name: 'A', Value: '1' },
        { Name: '_PREVIOUS_JOBS', Value: 'one' },
      ],
      ResourceRequirements: [
        { Type: 'MEMORY', Value: '1024' },
        { Type: 'VCPU', Value: '1' },
      ],
    },
  });
  const second = planRetry(request(MORE), { ...first, failure: failure('two') }, DEFAULT_JOB_SETTINGS);
  expect(second.args.container_overrides).toMatchObject({
    Environment: [{ Name: 'A' }, { Name: '_PREVIOUS_JOBS', Value: 'two one' }],
    ResourceRequirements: [{ Type: 'MEMORY', Value: '2048' }, { Type: 'VCPU' }],
  });
  expect(second.endedJobs.map(({ jobId, memory }) => [jobId, memory])).toEqual([
    ['one', 512],
    ['two', 1_024],
  ]);
});

test('the list of the jobs before stays short in the overrides', () => {
  let run: Parameters<typeof planRetry>[1] = { args: ARGS, endedJobs: [], failure: failure('job-0') };
  const rules = { retry: { rules: [{ action: 'RETRY', retries: 50 }] } };
  for (let job = 1; job <= 40; job += 1)
    run = { ...planRetry(request(rules), run, DEFAULT_JOB_SETTINGS), failure: failure(`job-${job}`) };
  const { Environment } = run.args.container_overrides;
  expect(Environment).toHaveLength(2);
  expect(Environment.at(-1)?.Value.split(' ')).toEqual(
    Array.from({ length: 15 }, (_, index) => `job-${39 - index}`),
  );
});

test('a job that is not retried keeps its error, and its cause names the jobs before', () => {
  const endedJobs = [{ jobId: 'zero', memory: 256, reason: 'OutOfMemoryError' }];
  const plan = planRetry(request(), { args: ARGS, endedJobs, failure: failure('one') }, DEFAULT_JOB_SETTINGS);
  expect(plan).toMatchObject({
    action: 'EXIT',
    args: ARGS,
    endedJobs,
    failure: { Error: 'States.TaskFailed' },
  });
  expect(JSON.parse(plan.failure.Cause)).toMatchObject({
    JobId: 'one',
    EndedJobs: [{ job_id: 'zero', memory: 256 }],
  });
});

test('a failure without a job is not retried, whatever the rules are', () => {
  const any = { retry: { rules: [{ action: 'RETRY' }] } };
  const refused = { Error: 'Batch.BatchException', Cause: 'no such queue' };
  const plan = planRetry(request(any), { args: ARGS, endedJobs: [], failure: refused }, DEFAULT_JOB_SETTINGS);
  expect(plan).toMatchObject({ action: 'EXIT', failure: refused });
});
