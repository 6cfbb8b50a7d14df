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

/** A change as Step Functions sends it: absent values are null. */
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

/** Sends a status change to the step, and checks that the answer is the event on the bus. */
async function tell(event: unknown, described?: Fields): Promise<StatusEvent> {
  const executions = new MemoryExecutions();
  if (described !== undefined)
    executions.kept.set(arnOf('run-1'), { name: 'run-1', status: 'RUNNING', ...described });
  const bus = new MemoryBus();
  const answer = await demandStatus(event, { executions, bus, settings: STAGE });
  expect(bus.told).toEqual([answer]);
  expect(isStatusEvent(answer) ? [] : isStatusEvent.errors).toEqual([]);
  return answer;
}

test('a running demand has its names and a link', async () => {
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

test('a successful demand has its results', async () => {
  const told = await tell(change('SUCCEEDED'));
  expect(told).toMatchObject(RESULTS);
  expect(told).not.toHaveProperty('failure');
});

describe('an input or output that is missing in the change', () => {
  test('is read from the description of the execution', async () => {
    const event = change('SUCCEEDED', { input: null, output: null, inputDetails: { included: false } });
    const described = { status: 'SUCCEEDED', input: JSON.stringify(DEMAND), output: JSON.stringify(OUTPUT) };
    expect(await tell(event, described)).toEqual(await tell(change('SUCCEEDED')));
  });

  test('is read for a time-out, because the change has no error', async () => {
    const described = { status: 'TIMED_OUT', input: JSON.stringify(DEMAND), error: 'E', cause: 'c' };
    expect(await tell(change('TIMED_OUT'), described)).toMatchObject({
      failure: { error: 'E', message: 'c' },
    });
  });

  test('is not read for a failure with an error', async () => {
    expect(await tell(change('FAILED', { error: 'E', cause: 'c' }))).toMatchObject({
      failure: { error: 'E' },
    });
  });

  test('is not read from an execution with another status', async () => {
    const described = { status: 'FAILED', input: JSON.stringify(DEMAND), error: 'E', cause: 'c' };
    expect(await tell(change('RUNNING', { input: null }), described)).toEqual(await tell(change('RUNNING')));
  });
});

test('an event is small enough for the bus, and names the fields that were cut', async () => {
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

test('an event that is no status change is refused', async () => {
  await expect(tell({ detail: { ...change('RUNNING').detail, status: 'REFUSED' } })).rejects.toMatchObject({
    name: 'DemandValidationError',
  });
});
