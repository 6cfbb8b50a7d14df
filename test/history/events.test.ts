import { type HistoryEvent, recordOf, statusAfter } from '../../src/history/events';
import { aborted, callEnded, called, entered, exited, started, submitted } from './events';

const place = { map: 'StageInputs', index: 1 };
const ended = (type: 'ExecutionFailed' | 'ExecutionTimedOut' | 'ExecutionSucceeded'): HistoryEvent => ({
  ...aborted(),
  type,
});

describe('a record', () => {
  test.each([
    ['the start', started(), { type: 'ExecutionStarted' }],
    ['a success', ended('ExecutionSucceeded'), { type: 'ExecutionSucceeded' }],
    [
      'a failure',
      { ...ended('ExecutionFailed'), error: 'E', cause: 'c' },
      { type: 'ExecutionFailed', error: 'E', cause: 'c' },
    ],
    ['a time-out', ended('ExecutionTimedOut'), { type: 'ExecutionFailed', error: 'TIMED_OUT', cause: '' }],
    ['an entry', entered('A', { a: 1 }, 0, place), { type: 'StateEntered', state: 'A', index: 1 }],
    ['an exit', exited('A', { a: 1 }, 0, place), { type: 'StateExited', state: 'A', index: 1 }],
    [
      'a task',
      called(1, 5),
      { type: 'TaskScheduled', state: 'SyncInput', resource: 'arn:aws:states:::lambda:invoke' },
    ],
    [
      'a state that failed',
      { ...entered('A', {}, 0, place), type: 'StateFailed', error: 'E', input: undefined },
      { type: 'StateFailed', state: 'A', index: 1, error: 'E' },
    ],
  ] as [string, HistoryEvent, object][])('of %s has no inputs, no outputs and no ids', (_, event, record) => {
    expect(recordOf(event)).toEqual({ timestamp: 0, machine: 'demand-execution', ...record });
  });

  test.each([submitted({ jobId: 'j' }), callEnded(1), { ...started(), type: 'ExecutionRedriven' } as const])(
    'is not made for $type',
    (event) => {
      expect(recordOf(event)).toBeUndefined();
    },
  );
});

test.each([
  ['ExecutionStarted', 'RUNNING'],
  ['ExecutionRedriven', 'RUNNING'],
  ['ExecutionSucceeded', 'SUCCEEDED'],
  ['ExecutionFailed', 'FAILED'],
  ['ExecutionTimedOut', 'TIMED_OUT'],
  ['ExecutionAborted', 'ABORTED'],
] as const)('after %s an execution is %s', (type, status) => {
  expect(statusAfter({ ...started(), type })).toBe(status);
});

test('an event of a state does not change the status', () => {
  expect(statusAfter(entered('A'))).toBeUndefined();
});
