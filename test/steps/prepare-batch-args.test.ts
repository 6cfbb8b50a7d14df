import { planNextJob, prepareBatchArgs } from '../../src/steps/prepare-batch-args';
import { stepWorld } from './worlds';

const REQUEST = {
  image: 'docker.io/library/alpine:3',
  job_definition_name: 'name',
  job_queue_name: 'queue',
  resource_requirements: { memory: 512, vcpus: 1 },
};

test.each([
  ['by itself', REQUEST],
  ['under its name, as the state of the machine has it', { batch_create_request: REQUEST, other: 1 }],
])('a request is read %s', async (_, event) => {
  expect(await prepareBatchArgs(event, stepWorld())).toMatchObject({
    job_name: 'name-unique',
    job_definition_arn: 'new',
    job_queue_arn: 'queue',
  });
});

test.each([
  ['null', null],
  ['an empty object', {}],
  ['a request without an image', { ...REQUEST, image: '' }],
  ['a request that is null under its name', { batch_create_request: null }],
])('%s is refused', async (_, event) => {
  await expect(prepareBatchArgs(event, stepWorld())).rejects.toMatchObject({ name: 'DemandValidationError' });
});

describe('the plan of the next job', () => {
  const plan = (event: unknown) => planNextJob(event, stepWorld());
  const first = { batch_create_request: REQUEST, ended_jobs: [] };

  test('an event of another machine gets the answer of the contract', async () => {
    for (const event of [REQUEST, { batch_create_request: REQUEST }])
      expect(await plan(event)).toEqual(await prepareBatchArgs(event, stepWorld()));
  });

  test('the first job has its arguments and its time-outs', async () => {
    expect(await plan(first)).toEqual({
      action: 'RUN',
      args: await prepareBatchArgs(REQUEST, stepWorld()),
      time_out: { attempt_duration_seconds: 86_400, run_job_seconds: 691_200 },
      wait_seconds: 0,
      ended_jobs: [],
      failure: { Error: '', Cause: '' },
    });
  });

  test('a further job registers nothing, and its plan can be planned again', async () => {
    const { args } = (await plan(first)) as { args: object };
    const failure = {
      Error: 'States.TaskFailed',
      Cause: '{"JobId":"one","StatusReason":"Host EC2 (instance i-1) terminated."}',
    };
    const event = { ...first, args, failure };
    const world = stepWorld();
    const register = async () => {
      throw new Error('a definition is registered');
    };
    const again = await planNextJob(event, {
      ...world,
      jobDefinitions: { ...world.jobDefinitions, register },
    });
    expect(again).toMatchObject({
      action: 'RETRY',
      ended_jobs: [{ job_id: 'one', memory: 512, rule: 'RETRY onStatusReason Host EC2*' }],
    });
    expect(await plan({ ...again, batch_create_request: REQUEST, failure })).toMatchObject({
      ended_jobs: [{}, {}],
    });
  });

  test.each([
    ['arguments without overrides', { args: {} }],
    ['a failure without an error', { failure: {} }],
    ['jobs that are no list', { ended_jobs: {} }],
  ])('%s are refused', async (_, changes) => {
    const args = await prepareBatchArgs(REQUEST, stepWorld());
    const event = { ...first, args, failure: { Error: 'any', Cause: 'any' }, ...changes };
    await expect(plan(event)).rejects.toMatchObject({ name: 'DemandValidationError' });
  });
});
