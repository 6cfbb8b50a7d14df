/** What happened in an execution, in order; and what it would have cost. */

export type HistoryEvent = { readonly timestamp: number; readonly machine: string } & (
  | { readonly type: 'ExecutionStarted' | 'ExecutionSucceeded' }
  | { readonly type: 'ExecutionFailed'; readonly error: string; readonly cause: string }
  | {
      readonly type: 'StateEntered' | 'StateExited';
      readonly state: string;
      readonly index?: number;
      /** Of its input, or of its output: what AWS limits. */
      readonly bytes?: number;
    }
  | {
      readonly type: 'StateFailed' | 'StateRetried' | 'StateCaught';
      readonly state: string;
      readonly index?: number;
      readonly error?: string;
      readonly cause?: string;
    }
  | { readonly type: 'TaskScheduled'; readonly state: string; readonly resource: string }
);

/** What AWS bills or limits, counted from a history. */
export interface Counts {
  /** States entered, nested executions included. */
  readonly stateTransitions: number;
  readonly lambdaInvocations: number;
  readonly nestedExecutions: number;
  readonly batchJobs: number;
}

export const RESOURCES = {
  lambda: 'arn:aws:states:::lambda:invoke',
  batch: 'arn:aws:states:::batch:submitJob.sync',
  execution: 'arn:aws:states:::states:startExecution.sync:2',
} as const;

export function count(history: readonly HistoryEvent[]): Counts {
  const scheduled = (resource: string) =>
    history.filter((event) => event.type === 'TaskScheduled' && event.resource === resource).length;
  return {
    stateTransitions: history.filter(({ type }) => type === 'StateEntered').length,
    lambdaInvocations: scheduled(RESOURCES.lambda),
    nestedExecutions: scheduled(RESOURCES.execution),
    batchJobs: scheduled(RESOURCES.batch),
  };
}
