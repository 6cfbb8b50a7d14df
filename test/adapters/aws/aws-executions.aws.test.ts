import { CreateStateMachineCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { AwsExecutions } from '../../../src/adapters/aws/aws-executions';
import { Calls } from '../../../src/events/calls';
import { intake } from '../../../src/steps/intake';
import { endpoint } from '../../api/endpoint';
import { demandOf } from '../../demand/arbitraries';
import { MemoryBus } from '../../events/worlds';
import { stepWorld } from '../../steps/worlds';
import { useScriptedApi } from './scripted-api';

const region = 'eu-west-1';
const settings = { region, endpoint: endpoint() };
const api = useScriptedApi();

const sfn = new SFNClient(settings);
let executions: AwsExecutions;
let count = 0;
beforeEach(async () => {
  const definition = JSON.stringify({
    StartAt: 'Wait',
    States: { Wait: { Type: 'Wait', Seconds: 60, End: true } },
  });
  const roleArn = 'arn:aws:iam::123456789012:role/machine';
  const command = new CreateStateMachineCommand({ name: `events-${count++}`, definition, roleArn });
  const { stateMachineArn } = await sfn.send(command);
  executions = new AwsExecutions(sfn, stateMachineArn);
});

test('the same start twice is one execution, under the name that it was given', async () => {
  const arn = await executions.start('run-1', '{"a":1}');
  expect(arn).toBe(executions.arnOf('run-1'));
  expect(await executions.start('run-1', '{"a":1}')).toBe(arn);
  expect(await executions.describe(arn ?? '')).toMatchObject({ status: 'RUNNING', input: '{"a":1}' });
});

test('another input, or an end, is said', async () => {
  const arn = await executions.start('run-1', '{"a":1}');
  expect(await executions.start('run-1', '{"a":2}')).toBeUndefined();
  await executions.stop(arn ?? '', 'because');
  await executions.stop(arn ?? '', 'because');
  expect(await executions.describe(arn ?? '')).toMatchObject({ status: 'ABORTED' });
  expect(await executions.start('run-1', '{"a":1}')).toBeUndefined();
});

test('what is not there is an error', async () => {
  await expect(executions.describe(executions.arnOf('none'))).rejects.toMatchObject({
    name: 'ExecutionDoesNotExist',
  });
});

test('an event that comes again, also after the end, starts nothing; another demand of the id is refused', async () => {
  const bus = new MemoryBus();
  const world = { ...stepWorld(), executions, bus };
  const eventOf = (detail: object) => ({ id: 'event', time: '2026-01-02T03:04:05Z', detail });
  const first = await intake(eventOf(demandOf()), world);
  expect(await intake(eventOf(demandOf()), world)).toEqual(first);
  await sfn.send(new StopExecutionCommand({ executionArn: first.execution_arn }));
  expect(await intake(eventOf(demandOf()), world)).toEqual(first);
  expect(bus.told).toEqual([]);
  expect(await intake(eventOf(demandOf({ command: ['false'] })), world)).toEqual({ status: 'REFUSED' });
  expect(bus.told).toMatchObject([{ status: 'REFUSED', failure: { error: 'ExecutionAlreadyExists' } }]);
  const rerun = { ...demandOf({ command: ['false'] }), attempt: 2 };
  expect(await intake(eventOf(rerun), world)).toMatchObject({
    execution_arn: executions.arnOf('run-1--2'),
  });
});

test('how often one was redriven, and when it has ended', async () => {
  api.answers = [{ status: 'ABORTED', stopDate: 1.5, redriveCount: 2 }];
  const scripted = new AwsExecutions(new SFNClient({ region, endpoint: api.endpoint }));
  expect(await scripted.describe('arn')).toEqual({ status: 'ABORTED', endedAt: 1_500, redriveCount: 2 });
});

test('a history of several pages: states that were entered, tasks that were handed over', async () => {
  api.answers = [
    {
      nextToken: 'more',
      events: [
        { id: 1, type: 'ExecutionStarted', executionStartedEventDetails: { input: '{}' } },
        {
          id: 2,
          timestamp: 1.5,
          type: 'TaskStateEntered',
          stateEnteredEventDetails: { name: 'RunJob', input: '{"a":1}' },
        },
      ],
    },
    {
      events: [
        {
          id: 3,
          type: 'TaskSubmitted',
          taskSubmittedEventDetails: {
            resourceType: 'batch',
            resource: 'submitJob.sync',
            output: '{"JobId":"j"}',
          },
        },
        { id: 4, type: 'TaskStateExited', stateExitedEventDetails: { name: 'RunJob', output: '{}' } },
      ],
    },
  ];
  const scripted = new AwsExecutions(new SFNClient({ region, endpoint: api.endpoint }));
  const events = [];
  for await (const event of scripted.history('arn')) events.push(event);
  expect(events).toEqual([
    { type: 'entered', state: 'RunJob', input: '{"a":1}', at: 1_500 },
    { type: 'submitted', output: '{"JobId":"j"}' },
  ]);
  expect(api.requests).toMatchObject([{ executionArn: 'arn' }, { nextToken: 'more' }]);
});

test('the end of one, and its redrive', async () => {
  const types = ['ExecutionFailed', 'ExecutionRedriven', 'ExecutionTimedOut', 'ExecutionAborted'];
  api.answers = [
    { events: [...types, 'ExecutionSucceeded'].map((type, index) => ({ id: index + 1, type })) },
  ];
  const scripted = new AwsExecutions(new SFNClient({ region, endpoint: api.endpoint }));
  const told = [];
  for await (const { type } of scripted.history('arn')) told.push(type);
  expect(told).toEqual(['over', 'redriven', 'over', 'over', 'over']);
});

test('a nested execution that was asked for, by the name that it was given', async () => {
  const machine = 'arn:aws:states:eu-west-1:123456789012:stateMachine:data-sync';
  const details = { resourceType: 'states', resource: 'startExecution.sync:2', region };
  const asked = (parameters: object) => ({
    ...{ id: 1, previousEventId: 0, timestamp: 1.5, type: 'TaskScheduled' },
    taskScheduledEventDetails: { ...details, parameters: JSON.stringify(parameters) },
  });
  const Input = { data_sync_request: {} };
  api.answers = [
    {
      events: [
        asked({ StateMachineArn: machine, Name: 'x-input-0', Input }),
        asked({ StateMachineArn: machine }),
      ],
    },
  ];
  const scripted = new AwsExecutions(new SFNClient({ region, endpoint: api.endpoint }));
  const events = [];
  for await (const event of scripted.history('arn')) events.push(event);
  const execution = `${machine.replace(':stateMachine:', ':execution:')}:x-input-0`;
  expect(events).toEqual([{ type: 'starting', execution, at: 1_500 }]);
});

describe('calls of functions in a history', () => {
  const lambda = { resourceType: 'lambda', resource: 'invoke' };
  const scheduled = {
    ...{ id: 1, previousEventId: 0, timestamp: 1.5, type: 'TaskScheduled' },
    taskScheduledEventDetails: { ...lambda, region, parameters: '{}', timeoutInSeconds: 910 },
  };
  const started = {
    ...{ id: 2, previousEventId: 1, timestamp: 1.6, type: 'TaskStarted' },
    taskStartedEventDetails: lambda,
  };
  const failed = (error: string) => ({
    ...{ id: 3, previousEventId: 2, timestamp: 2, type: 'TaskFailed' },
    taskFailedEventDetails: { ...lambda, error },
  });
  const batch = { resourceType: 'batch', resource: 'submitJob.sync' };

  test.each([
    ['not yet begun', [scheduled], 911_500],
    ['still running', [scheduled, started], 911_500],
    [
      'answered',
      [
        scheduled,
        started,
        { id: 3, previousEventId: 2, type: 'TaskSucceeded', taskSucceededEventDetails: lambda },
      ],
      0,
    ],
    ['failed by itself', [scheduled, started, failed('DataSourceMissing')], 0],
    ['throttled', [scheduled, started, failed('Lambda.TooManyRequestsException')], 0],
    ['lost sight of', [scheduled, started, failed('Lambda.SdkClientException')], 911_500],
    [
      'given up',
      [
        scheduled,
        started,
        { id: 3, previousEventId: 2, type: 'TaskTimedOut', taskTimedOutEventDetails: lambda },
      ],
      911_500,
    ],
    ['of a job', [{ ...scheduled, taskScheduledEventDetails: { ...batch, region, parameters: '{}' } }], 0],
  ])('%s', async (_, events, overAt) => {
    api.answers = [{ events }];
    const calls = new Calls();
    const scripted = new AwsExecutions(new SFNClient({ region, endpoint: api.endpoint }));
    for await (const event of scripted.history('arn')) calls.see(event);
    expect(calls.overAt).toBe(overAt);
  });
});
