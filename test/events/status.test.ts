import Ajv from 'ajv';
import fc from 'fast-check';
import statusSchema from '../../schemas/generated/demand-status-event.schema.json';
import { type Change, statusEvent } from '../../src/events/status';
import { anyDocument, demandOf, runs } from '../demand/arbitraries';
import { STAGE } from '../steps/worlds';
import { arnOf, MACHINE } from './worlds';

const START = Date.UTC(2026, 0, 2, 3, 4, 5);
const DEMAND = demandOf({
  params: { one: 'x @ s3://bucket/one', two: 'y @ s3://bucket/two/' },
  outputs: ['one', 'two'],
});
const transfer = (files: number) => ({ result: { files_transferred: files, bytes_transferred: 10 * files } });

const CHANGE: Change = {
  executionArn: arnOf('run-1'),
  stateMachineArn: MACHINE,
  name: 'run-1',
  status: 'RUNNING',
  startDate: START,
  redriveCount: 0,
  input: JSON.stringify(DEMAND),
};
const isStatusEvent = new Ajv({ strict: true, strictTypes: false }).compile(statusSchema);

/** Checks each event against the public schema. */
function eventOf(changes: Partial<Change> = {}) {
  const event = statusEvent({ ...CHANGE, ...changes }, STAGE);
  expect(isStatusEvent(event) ? [] : isStatusEvent.errors).toEqual([]);
  return event;
}

const success = (output: unknown) =>
  eventOf({ status: 'SUCCEEDED', stopDate: START + 90_000, output: JSON.stringify(output) });

describe('the sequence', () => {
  test.each([
    ['the start', 'RUNNING', 0, 0],
    ['the first end', 'FAILED', 0, 1],
    ['a redrive', 'RUNNING', 1, 2],
    ['the end after a redrive', 'SUCCEEDED', 1, 3],
  ] as const)('of %s', (_, status, redriveCount, sequence) => {
    expect(eventOf({ status, redriveCount })).toMatchObject({
      sequence,
      id: `${arnOf('run-1')}/${sequence}`,
    });
  });

  test('grows from each change of an execution to the next', () => {
    const count = fc.nat(1_000);
    fc.assert(
      fc.property(count, (redriveCount) => {
        const sequences = [
          eventOf({ redriveCount }),
          eventOf({ redriveCount, status: 'FAILED' }),
          eventOf({ redriveCount: redriveCount + 1 }),
        ].map(({ sequence }) => sequence);
        expect(sequences).toEqual([...new Set(sequences)].sort((one, other) => one - other));
      }),
      runs(50),
    );
  });
});

describe('the time of the change', () => {
  test.each([
    ['the start of an execution that runs', {}, '2026-01-02T03:04:05Z'],
    ['the redrive of an execution that runs', { redriveDate: START + 60_000 }, '2026-01-02T03:05:05Z'],
    [
      'the stop of an execution that has ended',
      { status: 'ABORTED', stopDate: START + 1_500, redriveDate: START },
      '2026-01-02T03:04:06.500000Z',
    ],
    ['the start of an ended execution without a stop', { status: 'ABORTED' }, '2026-01-02T03:04:05Z'],
  ] as const)('is %s', (_, changes, time) => {
    expect(eventOf(changes).changed_at).toBe(time);
  });

  test('only an ended execution has a stop and a duration', () => {
    expect(eventOf({ status: 'FAILED', stopDate: START + 90_000 })).toMatchObject({
      stopped_at: '2026-01-02T03:05:35Z',
      duration_ms: 90_000,
    });
    const running = eventOf({ stopDate: START + 90_000 });
    expect(running).not.toHaveProperty('stopped_at');
    expect(running).not.toHaveProperty('duration_ms');
  });
});

describe('the attempt', () => {
  test.each([
    ['run-1', 1],
    ['run-1--3', 3],
  ])('of an execution named %s is %i', (name, attempt) => {
    expect(eventOf({ name }).attempt).toBe(attempt);
  });

  test('is absent when the execution has a name of its own', () => {
    expect(eventOf({ name: 'started-by-hand' })).not.toHaveProperty('attempt');
    expect(eventOf({ input: '{}' })).not.toHaveProperty('attempt');
  });
});

describe('the results of a success', () => {
  test('have the counts of each output', () => {
    expect(success({ stored: [transfer(1), transfer(2)] })).toMatchObject({
      outputs: [
        { name: 'one', uri: 's3://bucket/one', files: 1, bytes: 10 },
        { name: 'two', uri: 's3://bucket/two/', files: 2, bytes: 20 },
      ],
      transferred: { outputs: { files: 3, bytes: 30 } },
    });
  });

  test('have sums only when the machine has grouped the transfers', () => {
    const { outputs, transferred } = success({ staged: [transfer(4), transfer(5)], stored: [transfer(3)] });
    expect(outputs).toEqual([
      { name: 'one', uri: 's3://bucket/one' },
      { name: 'two', uri: 's3://bucket/two/' },
    ]);
    expect(transferred).toEqual({ inputs: { files: 9, bytes: 90 }, outputs: { files: 3, bytes: 30 } });
  });

  test('count a transfer without a readable result as nothing', () => {
    expect(success({ stored: [transfer(1), { result: 'lost' }] })).toMatchObject({
      outputs: [{ files: 1 }, { files: 0, bytes: 0 }],
      transferred: { outputs: { files: 1, bytes: 10 } },
    });
  });

  test('have the job, with its name when the machine has it', () => {
    expect(success({ job: { job_id: 'job-1', job_name: 'mine' } }).job).toEqual({
      id: 'job-1',
      name: 'mine',
    });
    expect(success({ job: { job_id: 'job-1', job_name: null } }).job).toEqual({ id: 'job-1' });
    expect(success({ job: { job_id: 5 } })).not.toHaveProperty('job');
  });

  test('have the failure of a removal, which does not fail the demand', () => {
    const cause = JSON.stringify({ errorType: 'RemovalFailed', errorMessage: '1 path was not removed' });
    expect(success({ removal_failure: { Error: 'RemovalFailed', Cause: cause } })).toMatchObject({
      status: 'SUCCEEDED',
      removal_failure: { error: 'RemovalFailed', message: '1 path was not removed' },
    });
  });
});

test.each([
  [
    'a failed execution',
    { status: 'FAILED', error: 'DataSourceMissing', cause: '{"errorMessage": "the source is empty"}' },
    { error: 'DataSourceMissing', message: 'the source is empty' },
  ],
  [
    'an execution that took too long',
    { status: 'TIMED_OUT' },
    { error: 'States.Timeout', message: 'the execution ran for longer than its machine allows' },
  ],
  [
    'a stopped execution',
    { status: 'ABORTED' },
    { error: 'DemandCancelled', message: 'somebody stopped the execution' },
  ],
  [
    'an execution that was stopped with a reason',
    { status: 'ABORTED', error: 'mine', cause: 'enough' },
    { error: 'mine', message: 'enough' },
  ],
] as const)('%s has a failure and no results', (_, changes, failure) => {
  const output = JSON.stringify({ stored: [transfer(1), transfer(2)] });
  const event = eventOf({ ...changes, output });
  expect(event.failure).toEqual(failure);
  expect(event).not.toHaveProperty('outputs');
  expect(event).not.toHaveProperty('transferred');
});

describe('an execution that has retried its job', () => {
  const ended = [{ job_id: 'one', memory: 512, exit_code: 137, reason: 'OutOfMemoryError', rule: 'RETRY' }];

  test('has all jobs with their memory in the event of its success', () => {
    const ResourceRequirements = [{ Type: 'MEMORY', Value: '1024' }];
    const batch = { ended_jobs: ended, args: { container_overrides: { ResourceRequirements } } };
    expect(success({ batch, job: { job_id: 'two', job_name: 'name' } }).job).toEqual({
      id: 'two',
      name: 'name',
      jobs: [...ended, { job_id: 'two', memory: 1_024 }],
    });
    const once = { ...batch, ended_jobs: [] };
    expect(success({ batch: once, job: { job_id: 'one' } }).job).toEqual({ id: 'one' });
  });

  test('has all jobs with their memory in the event of its failure', () => {
    const cause = JSON.stringify({ JobId: 'two', Container: { ExitCode: 3 }, EndedJobs: ended });
    const { failure } = eventOf({ status: 'FAILED', error: 'States.TaskFailed', cause });
    expect(failure?.jobs).toEqual([...ended, { job_id: 'two', exit_code: 3 }]);
    expect(failure?.message).toContain('It was the last of 2 jobs: 512 MiB (OutOfMemoryError), job two');
  });
});

test('a success has no failure', () => {
  expect(success({})).not.toHaveProperty('failure');
});

test('the link leads to the console of the region', () => {
  expect(eventOf().links).toEqual({
    execution: `https://us-west-2.console.aws.amazon.com/states/home?region=us-west-2#/v2/executions/details/${arnOf('run-1')}`,
  });
});

test('any input and output have an event about the execution', () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, (input, output) => {
      const texts = { input: JSON.stringify(input), output: JSON.stringify(output) };
      expect(eventOf({ ...texts, status: 'SUCCEEDED', stopDate: START })).toMatchObject({
        status: 'SUCCEEDED',
        execution_arn: arnOf('run-1'),
      });
    }),
    runs(300),
  );
  expect(eventOf({ input: 'no json' })).toMatchObject({ status: 'RUNNING', execution_arn: arnOf('run-1') });
});

test('fields of the demand that nothing reads are told, short and printable', () => {
  const demand = { ...DEMAND, project: 1, [`x\u001b${'y'.repeat(500)}`]: 1 };
  const [project, long = ''] = eventOf({ input: JSON.stringify(demand) }).ignored_fields ?? [];
  expect(project).toBe('/project');
  expect(long.length).toBeLessThan(250);
  expect(long).not.toContain('\u001b');
  expect(eventOf()).not.toHaveProperty('ignored_fields');
});
