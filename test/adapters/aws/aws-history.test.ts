/** The translation of Step Functions' histories, checked with the model that reads the translated events. */
import type { HistoryEvent as AwsEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { AwsHistory } from '../../../src/adapters/aws/aws-history';
import { ExecutionModel } from '../../../src/history/execution';
import { withoutEmpty } from '../../../src/wire/json';

let id = 0;
const FIRST = Date.UTC(2026, 0, 1);
const MACHINE = 'demand-execution';

function event(type: HistoryEventType, previousEventId: number, details: Partial<AwsEvent> = {}): AwsEvent {
  id += 1;
  return { id, previousEventId, type, timestamp: new Date(FIRST + id * 1000), ...details };
}

const entered = (type: HistoryEventType, previous: number, name: string, input?: string) =>
  event(type, previous, { stateEnteredEventDetails: { name, ...withoutEmpty({ input }) } });
const exited = (type: HistoryEventType, previous: number, name: string, output = {}) =>
  event(type, previous, { stateExitedEventDetails: { name, output: JSON.stringify(output) } });
const LAMBDA = { resourceType: 'lambda', resource: 'invoke' };
const scheduled = (previous: number, details: object = LAMBDA) =>
  event('TaskScheduled', previous, { taskScheduledEventDetails: details as never });

function read() {
  const [history, execution] = [new AwsHistory(MACHINE), new ExecutionModel()];
  const add = (events: readonly AwsEvent[]) => {
    const translated = history.translate(events);
    for (const each of translated) execution.see(each);
    return translated;
  };
  return { history, execution, add };
}

beforeEach(() => {
  id = 0;
});

/** The events of two concurrent iterations, up to the middle of both. The first iteration has failed once. */
function stagingTwo(): AwsEvent[] {
  const events = [event('ExecutionStarted', 0), entered('MapStateEntered', 0, 'StageInputs')];
  events.push(event('MapStateStarted', 2, { mapStateStartedEventDetails: { length: 2 } }));
  for (const index of [0, 1])
    events.push(
      event('MapIterationStarted', 3, { mapIterationStartedEventDetails: { name: 'StageInputs', index } }),
    );
  events.push(entered('TaskStateEntered', 4, 'SyncInput'), entered('TaskStateEntered', 5, 'SyncInput'));
  events.push(scheduled(6), scheduled(7));
  events.push(
    event('TaskFailed', 8, { taskFailedEventDetails: { error: 'LeaseLost', cause: '{}' } as never }),
  );
  return events;
}

test('an entered state has its input, and an exited state its output', () => {
  const { add } = read();
  expect(
    add([entered('PassStateEntered', 0, 'A', '{"a":1}'), exited('PassStateExited', 1, 'A', { b: 2 })]),
  ).toEqual([
    { type: 'StateEntered', timestamp: FIRST + 1_000, machine: MACHINE, state: 'A', input: '{"a":1}' },
    { type: 'StateExited', timestamp: FIRST + 2_000, machine: MACHINE, state: 'A', output: '{"b":2}' },
  ]);
});

test('an event of concurrent iterations belongs to the iteration of its previous event', () => {
  const { execution, add } = read();
  const translated = add(stagingTwo());
  expect(execution.open).toMatchObject([
    { state: 'SyncInput', map: 'StageInputs', index: 0 },
    { state: 'SyncInput', map: 'StageInputs', index: 1 },
  ]);
  expect(translated.at(-1)).toEqual({
    type: 'StateFailed',
    timestamp: FIRST + 10_000,
    machine: MACHINE,
    state: 'SyncInput',
    map: 'StageInputs',
    index: 0,
    error: 'LeaseLost',
    cause: '{}',
  });
});

test('a task that is scheduled again after a failure is a retry', () => {
  const { add } = read();
  add(stagingTwo());
  expect(add([scheduled(10)]).map(({ type }) => type)).toEqual(['StateRetried', 'TaskScheduled']);
});

test('a failed Map has the error of its failed state, and no state stays open', () => {
  const { execution, add } = read();
  add(stagingTwo());
  const [failed] = add([
    event('MapIterationFailed', 10, { mapIterationFailedEventDetails: { name: 'StageInputs', index: 0 } }),
    event('MapStateFailed', 11),
  ]);
  expect(failed).toMatchObject({ type: 'StateFailed', state: 'StageInputs', error: 'LeaseLost' });
  expect(failed).not.toHaveProperty('map');
  add([exited('MapStateExited', 11, 'StageInputs'), entered('TaskStateEntered', 13, 'CleanUpAfterFailure')]);
  expect(execution.open).toMatchObject([{ state: 'CleanUpAfterFailure' }]);
  expect(execution.open[0]).not.toHaveProperty('map');
});

test('a submitted job and a nested execution have their ids, unless the text of the event was cut', () => {
  const { execution, add } = read();
  const submitted = (resourceType: string, output: string | undefined) =>
    event('TaskSubmitted', 1, {
      taskSubmittedEventDetails: { resourceType, resource: 'x', output } as never,
    });
  add([
    entered('TaskStateEntered', 0, 'RunJob'),
    submitted('batch', '{"JobId": "the-job"}'),
    submitted('batch', '{"JobId": "cut o'),
    submitted('states', '{"ExecutionArn": "the-child"}'),
    submitted('states', undefined),
  ]);
  expect(execution).toMatchObject({ jobIds: ['the-job'], children: ['the-child'] });
});

test('the end of a task describes its job', () => {
  const { execution, add } = read();
  const submitted = { taskSubmittedEventDetails: { output: '{"JobId": "j"}' } as never };
  add([entered('TaskStateEntered', 0, 'RunJob'), event('TaskSubmitted', 1, submitted)]);
  const ended = { JobId: 'j', Status: 'SUCCEEDED', Container: { ExitCode: 0 } };
  add([event('TaskSucceeded', 2, { taskSucceededEventDetails: { output: JSON.stringify(ended) } as never })]);
  expect(execution.endedJob).toEqual(ended);
});

test('a requested nested execution has the name from the request', () => {
  const { execution, add } = read();
  const machine = 'arn:aws:states:eu-west-1:123456789012:stateMachine:data-sync';
  const asked = (parameters: object) =>
    scheduled(1, {
      resourceType: 'states',
      resource: 'startExecution.sync:2',
      parameters: JSON.stringify({ StateMachineArn: machine, Input: {}, ...parameters }),
    });
  add([entered('TaskStateEntered', 0, 'SyncInputAtScale'), asked({ Name: 'x-input-0' }), asked({})]);
  expect(execution.askedChildren).toEqual([
    {
      execution: 'arn:aws:states:eu-west-1:123456789012:execution:data-sync:x-input-0',
      askedAt: FIRST + 2_000,
    },
  ]);
});

describe('a called function may still run', () => {
  const call = () => [
    entered('TaskStateEntered', 0, 'SyncInput'),
    scheduled(1, { ...LAMBDA, timeoutInSeconds: 910 }),
  ];
  const begun = () => [...call(), event('TaskStarted', 2, { taskStartedEventDetails: LAMBDA })];
  const failed = (error: string) => [
    ...begun(),
    event('TaskFailed', 3, { taskFailedEventDetails: { ...LAMBDA, error } }),
  ];
  /** The call is scheduled two seconds after the first event. */
  const UNTIL = FIRST + 912_000;

  test.each([
    ['before its start', call, UNTIL],
    ['after its start', begun, UNTIL],
    [
      'never after its answer',
      () => [...begun(), event('TaskSucceeded', 3, { taskSucceededEventDetails: LAMBDA })],
      0,
    ],
    ['never after its own failure', () => failed('DataSourceMissing'), 0],
    ['never after a refusal by Lambda', () => failed('Lambda.TooManyRequestsException'), 0],
    [
      'never after a failed start',
      () => [...call(), event('TaskStartFailed', 2, { taskStartFailedEventDetails: LAMBDA })],
      0,
    ],
    ['after the connection to Lambda was lost', () => failed('Lambda.SdkClientException'), UNTIL],
    [
      'after the time-out of its task',
      () => [...begun(), event('TaskTimedOut', 3, { taskTimedOutEventDetails: LAMBDA })],
      UNTIL,
    ],
    [
      'for 15 minutes if its task has no time-out',
      () => [entered('TaskStateEntered', 0, 'SyncInput'), scheduled(1)],
      FIRST + 902_000,
    ],
    [
      'never if the task is a job',
      () => [
        entered('TaskStateEntered', 0, 'RunJob'),
        scheduled(1, { resourceType: 'batch', resource: 'submitJob.sync' }),
      ],
      0,
    ],
  ])('%s', (_, events, overAt) => {
    const { execution, add } = read();
    add(events());
    expect(execution.callsOverAt).toBe(overAt);
  });
});

test.each([
  ['ExecutionSucceeded', {}, { status: 'SUCCEEDED' }],
  [
    'ExecutionFailed',
    { executionFailedEventDetails: { error: 'E', cause: 'c' } },
    { status: 'FAILED', error: 'E', cause: 'c' },
  ],
  ['ExecutionAborted', { executionAbortedEventDetails: { cause: 'c' } }, { status: 'ABORTED', cause: 'c' }],
  ['ExecutionTimedOut', {}, { status: 'TIMED_OUT' }],
] as const)('%s ends the execution until a redrive', (type, details, end) => {
  const { execution, add } = read();
  add([...stagingTwo(), event(type, 10, details)]);
  expect(execution.end).toEqual({ at: FIRST + id * 1000, ...end });
  expect(execution.open).toEqual([]);
  add([event('ExecutionRedriven', id)]);
  expect(execution.end).toBeUndefined();
});

test('a history that is read in pieces gives the same events', () => {
  const output = { result: { files_transferred: 3, bytes_transferred: 5 } };
  const all = [
    ...stagingTwo(),
    entered('PassStateEntered', 9, 'InputStaged'),
    exited('PassStateExited', 11, 'InputStaged', output),
    event('ExecutionAborted', 0),
  ];
  const whole = new AwsHistory(MACHINE);
  const translated = whole.translate(all);
  fc.assert(
    fc.property(fc.array(fc.nat(all.length), { maxLength: 5 }), (cuts) => {
      const history = new AwsHistory(MACHINE);
      const places = [0, ...[...cuts].sort((one, other) => one - other), all.length];
      const pieces = places.slice(1).map((end, index) => all.slice(places[index], end));
      expect(pieces.flatMap((piece) => history.translate(piece))).toEqual(translated);
      expect(history.lastId).toBe(whole.lastId);
    }),
  );
});
