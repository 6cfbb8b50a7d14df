import { Counter } from '../../src/history/counts';
import type { HistoryEvent } from '../../src/history/events';
import { asked, callEnded, called, entered, exited } from './events';

function countsOf(...events: HistoryEvent[]) {
  const counter = new Counter();
  for (const event of events) counter.see(event);
  return counter.counts;
}

test('states count when they are entered, and tasks by their service integration', () => {
  const job = { ...called(1, 0), resource: 'arn:aws:states:::batch:submitJob.sync' } as HistoryEvent;
  const events = [
    entered('SyncInput'),
    called(1, 0),
    callEnded(1),
    exited('SyncInput'),
    asked('arn:child'),
    job,
  ];
  expect(countsOf(...events)).toEqual({
    stateTransitions: 1,
    lambdaInvocations: 1,
    nestedExecutions: 1,
    batchJobs: 1,
  });
});

test('a retried task counts again', () => {
  expect(countsOf(called(1, 0), called(2, 0))).toMatchObject({ stateTransitions: 0, lambdaInvocations: 2 });
});

test('tasks of other services do not count', () => {
  const other = { ...called(1, 0), resource: 'arn:aws:states:::sns:publish' } as HistoryEvent;
  expect(countsOf(other)).toEqual({
    stateTransitions: 0,
    lambdaInvocations: 0,
    nestedExecutions: 0,
    batchJobs: 0,
  });
});
