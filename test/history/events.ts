/** Makes events of a history for the tests. */
import type { HistoryEvent } from '../../src/history/events';

const MACHINE = 'demand-execution';

type Place = { readonly map?: string; readonly index?: number };

export const started = (timestamp = 0): HistoryEvent => ({
  type: 'ExecutionStarted',
  timestamp,
  machine: MACHINE,
});

/** @param input the state's input, which is JSON in the event */
export const entered = (
  state: string,
  input: unknown = {},
  timestamp = 0,
  place: Place = {},
): HistoryEvent => ({
  type: 'StateEntered',
  timestamp,
  machine: MACHINE,
  state,
  input: JSON.stringify(input),
  ...place,
});

export const exited = (
  state: string,
  output: unknown = {},
  timestamp = 0,
  place: Place = {},
): HistoryEvent => ({
  type: 'StateExited',
  timestamp,
  machine: MACHINE,
  state,
  output: JSON.stringify(output),
  ...place,
});

/** The answer of a service to a task: the id of a job, or the ARN of a nested execution. */
export const submitted = (ids: { readonly jobId?: string; readonly execution?: string }): HistoryEvent => ({
  type: 'TaskSubmitted',
  timestamp: 0,
  machine: MACHINE,
  state: 'any',
  ...ids,
});

/** The request for a nested execution. */
export const asked = (execution: string, timestamp = 0): HistoryEvent => ({
  type: 'TaskScheduled',
  timestamp,
  machine: MACHINE,
  state: 'SyncInputAtScale',
  resource: 'arn:aws:states:::states:startExecution.sync:2',
  execution,
});

/** A call of a function. */
export const called = (id: number, overAt: number): HistoryEvent => ({
  type: 'TaskScheduled',
  timestamp: 0,
  machine: MACHINE,
  state: 'SyncInput',
  resource: 'arn:aws:states:::lambda:invoke',
  call: { id, overAt },
});

export const callEnded = (callId: number): HistoryEvent => ({
  type: 'TaskEnded',
  timestamp: 0,
  machine: MACHINE,
  state: 'SyncInput',
  callId,
});

export const aborted = (timestamp = 0): HistoryEvent => ({
  type: 'ExecutionAborted',
  timestamp,
  machine: MACHINE,
});

export async function* stream(events: Iterable<HistoryEvent>): AsyncGenerator<HistoryEvent> {
  yield* events;
}
