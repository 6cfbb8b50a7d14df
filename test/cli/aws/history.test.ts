/** Histories as Step Functions tells them: what is open, what was moved, where it failed. */
import type { HistoryEvent as AwsEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { History } from '../../../cli/aws/history';

let id = 0;
const FIRST = Date.UTC(2026, 0, 1);

function event(type: HistoryEventType, previousEventId: number, details: Partial<AwsEvent> = {}): AwsEvent {
  id += 1;
  return { id, previousEventId, type, timestamp: new Date(FIRST + id * 1000), ...details };
}

const entered = (type: HistoryEventType, previous: number, name: string) =>
  event(type, previous, { stateEnteredEventDetails: { name } });
const exited = (type: HistoryEventType, previous: number, name: string, output = {}) =>
  event(type, previous, { stateExitedEventDetails: { name, output: JSON.stringify(output) } });

const newHistory = () => new History((map, index) => `${map}-${['a', 'b', 'c'][index]}`);

beforeEach(() => {
  id = 0;
});

/** Two iterations that run at once, to the middle of both; the first has failed once. */
function stagingTwo(): AwsEvent[] {
  const events = [event('ExecutionStarted', 0), entered('MapStateEntered', 0, 'StageInputs')];
  events.push(event('MapStateStarted', 2, { mapStateStartedEventDetails: { length: 2 } }));
  for (const index of [0, 1])
    events.push(
      event('MapIterationStarted', 3, { mapIterationStartedEventDetails: { name: 'StageInputs', index } }),
    );
  events.push(entered('TaskStateEntered', 4, 'SyncInput'), entered('TaskStateEntered', 5, 'SyncInput'));
  const lambda = { taskScheduledEventDetails: { resourceType: 'lambda', resource: 'invoke' } } as AwsEvent;
  events.push(event('TaskScheduled', 6, lambda), event('TaskScheduled', 7, lambda));
  events.push(
    event('TaskFailed', 8, { taskFailedEventDetails: { error: 'LeaseLost', cause: '{}' } as never }),
  );
  return events;
}

test('events of iterations that run at once are told apart by what they follow on', () => {
  const history = newHistory();
  const told = history.add(stagingTwo());
  expect(history.open.map(({ state, within }) => [state, within?.item])).toEqual([
    ['SyncInput', 'StageInputs-a'],
    ['SyncInput', 'StageInputs-b'],
  ]);
  expect(told.at(-1)).toMatchObject({
    type: 'state',
    event: { type: 'StateFailed', state: 'SyncInput', index: 0, error: 'LeaseLost' },
    within: { map: 'StageInputs', index: 0 },
  });
});

test('a task that is scheduled again after a failure is a retry', () => {
  const history = newHistory();
  history.add(stagingTwo());
  const told = history.add([
    event('TaskScheduled', 10, {
      taskScheduledEventDetails: { resourceType: 'lambda', resource: 'invoke' } as never,
    }),
  ]);
  expect(told.map((each) => each.type === 'state' && each.event.type)).toEqual([
    'StateRetried',
    'TaskScheduled',
  ]);
});

test('a Map that fails takes the error of what failed in it, and leaves nothing open', () => {
  const history = newHistory();
  history.add(stagingTwo());
  const rest = [
    event('MapIterationFailed', 10, { mapIterationFailedEventDetails: { name: 'StageInputs', index: 0 } }),
    event('MapStateFailed', 11),
  ];
  const [failed] = history.add(rest);
  expect(failed).toMatchObject({ event: { type: 'StateFailed', state: 'StageInputs', error: 'LeaseLost' } });
  expect(failed).not.toHaveProperty('within');
  history.add([
    exited('MapStateExited', 11, 'StageInputs'),
    entered('TaskStateEntered', 13, 'CleanUpAfterFailure'),
  ]);
  expect(history.open).toMatchObject([{ state: 'CleanUpAfterFailure' }]);
  expect(history.open[0]).not.toHaveProperty('within');
});

test('what was moved is read off the last state of an iteration', () => {
  const history = newHistory();
  history.add(stagingTwo());
  const output = { result: { files_transferred: 3, bytes_transferred: 5 } };
  const told = history.add([
    entered('PassStateEntered', 9, 'InputStaged'),
    exited('PassStateExited', 11, 'InputStaged', output),
  ]);
  expect(told.at(-1)).toMatchObject({
    type: 'transfer',
    direction: 'input',
    name: 'StageInputs-b',
    filesDone: 3,
    bytesDone: 5,
  });
  expect(history.transfers).toHaveLength(1);
});

test('jobs and nested executions are found where they were submitted; what was cut off is no error', () => {
  const history = newHistory();
  const submitted = (resourceType: string, output: string | undefined) =>
    event('TaskSubmitted', 1, {
      taskSubmittedEventDetails: { resourceType, resource: 'x', output } as never,
    });
  history.add([
    entered('TaskStateEntered', 0, 'RunJob'),
    submitted('batch', '{"JobId": "the-job"}'),
    submitted('batch', '{"JobId": "cut o'),
    submitted('states', '{"ExecutionArn": "the-child"}'),
    submitted('states', undefined),
  ]);
  expect(history).toMatchObject({ jobId: 'the-job', nested: ['the-child'] });
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
] as const)('%s is the end, until it is redriven', (type, details, end) => {
  const history = newHistory();
  history.add([...stagingTwo(), event(type, 10, details)]);
  expect(history.end).toEqual({ at: FIRST + id * 1000, ...end });
  expect(history.open).toEqual([]);
  history.add([event('ExecutionRedriven', id)]);
  expect(history.end).toBeUndefined();
});

test('in whatever pieces it comes, the same is told', () => {
  const output = { result: { files_transferred: 3, bytes_transferred: 5 } };
  const all = [
    ...stagingTwo(),
    entered('PassStateEntered', 9, 'InputStaged'),
    exited('PassStateExited', 11, 'InputStaged', output),
    event('ExecutionAborted', 0),
  ];
  const whole = newHistory();
  const told = whole.add(all);
  fc.assert(
    fc.property(fc.array(fc.nat(all.length), { maxLength: 5 }), (cuts) => {
      const history = newHistory();
      const places = [0, ...[...cuts].sort((one, other) => one - other), all.length];
      const pieces = places.slice(1).map((end, index) => all.slice(places[index], end));
      expect(pieces.flatMap((piece) => history.add(piece))).toEqual(told);
      expect(history.lastId).toBe(whole.lastId);
    }),
  );
});
