/**
 * Events of an execution's history. They are the same from every source: GetExecutionHistory of Step Functions, the
 * embedded engine, and the history.json of a local run.
 */
import type { EpochMs } from '../units';

/** How an execution ends. */
export type EndStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface EventOrigin {
  readonly timestamp: EpochMs;
  /** The state machine. A nested execution has another one than its parent. */
  readonly machine: string;
}

interface InState extends EventOrigin {
  readonly state: string;
  /** The iteration, from 0, of the Map around the state. */
  readonly index?: number;
}

/** An event in history.json and in the output of `--json`: a HistoryEvent without inputs, outputs and ids. */
export type RecordedEvent =
  | (EventOrigin & { readonly type: 'ExecutionStarted' | 'ExecutionSucceeded' })
  | (EventOrigin & { readonly type: 'ExecutionFailed'; readonly error: string; readonly cause: string })
  | (InState & {
      readonly type: 'StateEntered' | 'StateExited';
      /** Size of the state's input or output, which AWS limits. */
      readonly bytes?: number;
    })
  | (InState & {
      readonly type: 'StateFailed' | 'StateRetried' | 'StateCaught';
      readonly error?: string;
      readonly cause?: string;
    })
  | (InState & { readonly type: 'TaskScheduled'; readonly resource: string });

interface Placed extends InState {
  /** The Map around the state. */
  readonly map?: string;
}

/** A call of a Lambda function by a task. */
export interface FunctionCall {
  /** Unique in its history. */
  readonly id: number;
  /** The function cannot run after this time. */
  readonly overAt: EpochMs;
}

export type HistoryEvent =
  | (EventOrigin & { readonly type: 'ExecutionStarted' | 'ExecutionSucceeded' | 'ExecutionRedriven' })
  | (EventOrigin & {
      readonly type: 'ExecutionFailed' | 'ExecutionTimedOut' | 'ExecutionAborted';
      readonly error?: string;
      readonly cause?: string;
    })
  /** Inputs and outputs are JSON. */
  | (Placed & { readonly type: 'StateEntered'; readonly input?: string; readonly bytes?: number })
  | (Placed & { readonly type: 'StateExited'; readonly output?: string; readonly bytes?: number })
  | (Placed & {
      readonly type: 'StateFailed' | 'StateRetried' | 'StateCaught';
      readonly error?: string;
      readonly cause?: string;
    })
  | (Placed & {
      readonly type: 'TaskScheduled';
      /** ARN of the service integration, such as `arn:aws:states:::lambda:invoke`. */
      readonly resource: string;
      readonly call?: FunctionCall;
      /** ARN that the nested execution gets, if it starts. */
      readonly execution?: string;
    })
  /** The service has accepted the task, and has answered with its id. */
  | (Placed & {
      readonly type: 'TaskSubmitted';
      readonly jobId?: string;
      /** ARN of the nested execution. */
      readonly execution?: string;
    })
  | (Placed & {
      readonly type: 'TaskEnded';
      /** Id of the function call that has ended for certain. */
      readonly callId?: number;
      /** The job as batch:submitJob.sync describes it at its end, in PascalCase. */
      readonly job?: Readonly<Record<string, unknown>>;
    });

const STATUS_AFTER: Readonly<Record<string, EndStatus | 'RUNNING'>> = {
  ExecutionStarted: 'RUNNING',
  ExecutionRedriven: 'RUNNING',
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

/** @returns the status of the execution after this event; undefined when the event leaves the status as it is */
export function statusAfter({ type }: HistoryEvent): EndStatus | 'RUNNING' | undefined {
  return STATUS_AFTER[type];
}

/** @returns undefined for an event that is not recorded */
export function recordOf(event: HistoryEvent): RecordedEvent | undefined {
  const { timestamp, machine } = event;
  switch (event.type) {
    case 'ExecutionStarted':
    case 'ExecutionSucceeded':
      return { type: event.type, timestamp, machine };
    case 'ExecutionFailed':
    case 'ExecutionTimedOut':
    case 'ExecutionAborted': {
      const { error = STATUS_AFTER[event.type] ?? '', cause = '' } = event;
      return { type: 'ExecutionFailed', timestamp, machine, error, cause };
    }
    case 'ExecutionRedriven':
    case 'TaskSubmitted':
    case 'TaskEnded':
      return undefined;
    case 'StateEntered': {
      const { map: _, input: __, ...recorded } = event;
      return recorded;
    }
    case 'StateExited': {
      const { map: _, output: __, ...recorded } = event;
      return recorded;
    }
    case 'TaskScheduled': {
      const { map: _, call: __, execution: ___, ...recorded } = event;
      return recorded;
    }
    default: {
      const { map: _, ...recorded } = event;
      return recorded;
    }
  }
}
