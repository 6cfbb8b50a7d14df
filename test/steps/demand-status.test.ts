import Ajv from 'ajv';
import statusSchema from '../../schemas/generated/demand-status-event.schema.json';
import type { StatusEvent } from '../../src/events/model';
import { demandStatus } from '../../src/steps/demand-status';
import { demandOf, type Fields } from '../demand/arbitraries';
import { arnOf, MACHINE, MemoryBus, MemoryExecutions } from '../events/worlds';
import { STAGE } from './worlds';

const isStatusEvent = new Ajv({ strict: true, strictTypes: false }).compile(statusSchema);

const METADATA = { user: 'ada', tag: 'a=1', notify_on: { FAILED: 'yes' }, notify_list: ['ada@example.org'] };
const DEMAND = demandOf(
  {
    params: { in: 's3://bucket/in @ in', one: 'x @ s3://bucket/one', two: 'y @ s3://bucket/two/' },
    inputs: ['in'],
    outputs: ['one', 'two'],
  },
  { execution_metadata: METADATA },
);
const moved = (files: number) => ({
  source_path: 'any',
  destination_path: 'any',
  result: { files_transferred: files, bytes_transferred: 10 * files },
});
const OUTPUT = {
  staged: [moved(7)],
  stored: [moved(1), moved(2)],
  job: { job_id: 'job-1', job_name: 'name', status: 'SUCCEEDED' },
};

const START = Date.UTC(2026, 0, 2, 3, 4, 5);

/** As Step Functions tells it: what is not there is null. */
function change(status: string, fields: Fields = {}) {
  const detail = {
    executionArn: arnOf('run-1'),
    stateMachineArn: MACHINE,
    name: 'run-1',
    status,
    startDate: START,
    stopDate: status === 'RUNNING' ? null : START + 90_000,
    input: JSON.stringify(DEMAND),
    output: status === 'SUCCEEDED' ? JSON.stringify(OUTPUT) : null,
    inputDetails: { included: true },
    outputDetails: null,
    error: null,
    cause: null,
    redriveCount: 0,
    redriveDate: null,
    ...fields,
  };
  return { source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', detail };
}

async function tell(event: unknown, described?: Fields): Promise<StatusEvent> {
  const executions = new MemoryExecutions();
  if (described !== undefined)
    executions.kept.set(arnOf('run-1'), { name: 'run-1', status: 'RUNNING', ...described });
  const bus = new MemoryBus();
  const answer = await demandStatus(event, { ...STAGE, executions, bus });
  expect(bus.told).toEqual([answer]);
  expect(isStatusEvent(answer) ? [] : isStatusEvent.errors).toEqual([]);
  return answer;
}

test('a demand that runs', async () => {
  expect(await tell(change('RUNNING'))).toEqual({
    version: 1,
    id: `${arnOf('run-1')}/0`,
    status: 'RUNNING',
    sequence: 0,
    changed_at: '2026-01-02T03:04:05Z',
    execution_id: 'run-1',
    attempt: 1,
    execution_arn: arnOf('run-1'),
    state_machine_arn: MACHINE,
    execution_type: 'test',
    user: 'ada',
    tags: { a: '1' },
    notify_on: { FAILED: true },
    notify_list: ['ada@example.org'],
    started_at: '2026-01-02T03:04:05Z',
    links: {
      execution: `https://us-west-2.console.aws.amazon.com/states/home?region=us-west-2#/v2/executions/details/${arnOf('run-1')}`,
    },
  });
});

const RESULTS = {
  status: 'SUCCEEDED',
  sequence: 1,
  changed_at: '2026-01-02T03:05:35Z',
  stopped_at: '2026-01-02T03:05:35Z',
  duration_ms: 90_000,
  outputs: [
    { name: 'one', uri: 's3://bucket/one', files: 1, bytes: 10 },
    { name: 'two', uri: 's3://bucket/two/', files: 2, bytes: 20 },
  ],
  transferred: { inputs: { files: 7, bytes: 70 }, outputs: { files: 3, bytes: 30 } },
  job: { id: 'job-1', name: 'name' },
};

test('one that has succeeded: where its results are', async () => {
  const told = await tell(change('SUCCEEDED'));
  expect(told).toMatchObject(RESULTS);
  expect(told).not.toHaveProperty('failure');
});

test('transfers in groups are counted together', async () => {
  const output = JSON.stringify({ ...OUTPUT, stored: [moved(9)] });
  expect(await tell(change('SUCCEEDED', { output }))).toMatchObject({
    outputs: [
      { name: 'one', uri: 's3://bucket/one' },
      { name: 'two', uri: 's3://bucket/two/' },
    ],
    transferred: { outputs: { files: 9, bytes: 90 } },
  });
});

test('what could not be removed is told of a success', async () => {
  const cause = JSON.stringify({
    errorType: 'RemovalFailed',
    errorMessage: '1 path(s) could not be removed',
  });
  const output = JSON.stringify({ ...OUTPUT, removal_failure: { Error: 'RemovalFailed', Cause: cause } });
  expect((await tell(change('SUCCEEDED', { output }))).removal_failure).toEqual({
    error: 'RemovalFailed',
    message: '1 path(s) could not be removed',
  });
});

describe('what the event has no room for is asked for', () => {
  test('of a success', async () => {
    const event = change('SUCCEEDED', { input: null, output: null, inputDetails: { included: false } });
    const described = { status: 'SUCCEEDED', input: JSON.stringify(DEMAND), output: JSON.stringify(OUTPUT) };
    expect(await tell(event, described)).toEqual(await tell(change('SUCCEEDED')));
  });

  test('and what it has become since is not told of what it was', async () => {
    const described = { status: 'FAILED', input: JSON.stringify(DEMAND), error: 'E', cause: 'c' };
    expect(await tell(change('RUNNING', { input: null }), described)).toEqual(await tell(change('RUNNING')));
  });
});

test.each([
  [
    'FAILED',
    { error: 'DataSourceMissing', cause: '{"errorMessage": "nothing there"}' },
    'DataSourceMissing',
    'nothing there',
  ],
  ['TIMED_OUT', {}, 'States.Timeout', 'the execution ran for longer than its machine allows'],
  ['ABORTED', {}, 'DemandCancelled', 'somebody stopped the execution'],
  ['ABORTED', { error: 'mine', cause: 'enough' }, 'mine', 'enough'],
])('%s with %j', async (status, fields, error, message) => {
  const told = await tell(change(status, fields), { status, input: JSON.stringify(DEMAND) });
  expect(told).toMatchObject({ status, sequence: 1, failure: { error, message } });
  expect(told).not.toHaveProperty('outputs');
});

test('a redriven execution goes on counting', async () => {
  const redriven = { redriveCount: 1, redriveDate: START + 200_000 };
  expect(await tell(change('RUNNING', redriven))).toMatchObject({
    sequence: 2,
    changed_at: '2026-01-02T03:07:25Z',
  });
  expect(await tell(change('SUCCEEDED', redriven))).toMatchObject({ sequence: 3 });
});

test.each(['null', '5', '{}', '{"execution_id": 5}', 'no json'])(
  'an execution that was started with %s is told of all the same',
  async (input) => {
    expect(await tell(change('FAILED', { input, error: 'E', cause: 'c' }))).toMatchObject({
      execution_arn: arnOf('run-1'),
      failure: { error: 'E' },
    });
  },
);

test('an event is never larger than the bus takes, and says what was left out', async () => {
  const long = Object.fromEntries(
    Array.from({ length: 900 }, (_, index) => [
      `out${index}`,
      `o${index} @ s3://bucket/${'x'.repeat(250)}/${index}`,
    ]),
  );
  const input = JSON.stringify(demandOf({ params: long, outputs: Object.keys(long) }));
  const told = await tell(change('SUCCEEDED', { input }));
  expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThan(240_000);
  expect(told).toMatchObject({ shortened: ['outputs'], transferred: { outputs: { files: 3 } } });
  expect(told.outputs).toHaveLength(50);
});

test('what is no status change is refused', async () => {
  await expect(tell({ detail: { ...change('RUNNING').detail, status: 'REFUSED' } })).rejects.toMatchObject({
    name: 'DemandValidationError',
  });
});
