/** What is told of an execution on AWS: what a local run tells, and what only AWS has. */
import type { Counts } from '../../src/history/events';
import type { DemandEvent, Phase, TransferEvent } from '../../local/execution/events';
import type { ExecutionFailure } from '../../src/history/failure';

export type ExecutionEnd = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** The iteration of a Map that a state is in. */
export interface Within {
  readonly map: string;
  readonly index: number;
  /** The parameter that it moves, or the iteration's number. */
  readonly item: string;
}

export type WatchEvent =
  | { readonly type: 'watching'; readonly executionId: string; readonly executionArn: string }
  | (Extract<DemandEvent, { type: 'state' }> & { readonly within?: Within })
  | TransferEvent
  | Extract<DemandEvent, { type: 'job-started' | 'job-output' | 'job-ended' }>
  | { readonly type: 'job-status'; readonly jobId: string; readonly status: string; readonly reason?: string }
  | { readonly type: 'trouble'; readonly message: string }
  | { readonly type: 'ended'; readonly report: Report };

/** Shows what is told of an execution. */
export interface WatchView {
  tell(event: WatchEvent): void;
  /** Lets go of the terminal. */
  close(): void;
}

export interface OpenState {
  readonly state: string;
  readonly within?: Within;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface Moved {
  readonly files: number;
  readonly bytes: number;
}

export interface JobReport {
  readonly jobId: string;
  readonly status: string;
  readonly exitCode?: number;
  readonly reason?: string;
}

/** All there is to say about an execution. */
export interface Report {
  readonly executionId: string;
  readonly executionArn: string;
  readonly status: 'RUNNING' | ExecutionEnd;
  readonly startDate: string;
  readonly stopDate?: string;
  readonly states: readonly OpenState[];
  readonly phases: Readonly<Record<Phase, number>>;
  readonly totalMs: number;
  readonly counts: Counts;
  readonly job?: JobReport;
  readonly transferred: Readonly<Record<TransferEvent['direction'], Moved>>;
  /** Where the results are, or will be. */
  readonly outputs: readonly { readonly name: string; readonly remote: string }[];
  readonly failure?: ExecutionFailure;
  /** ARNs of the executions that it started for large transfers. */
  readonly nested: readonly string[];
}
