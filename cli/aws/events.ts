/** The events of a watched execution on AWS: the progress that a local run has, too, and events that only AWS has. */
import type { EndedJob } from '../../src/batch/retries/ended-jobs';
import type { ExecutionCounts } from '../../src/history/counts';
import type { EndStatus } from '../../src/history/events';
import type { ExecutionFailure } from '../../src/history/failure';
import type { PhaseTimes } from '../../src/history/phases';
import type { JobProgress, StateProgress, TransferProgress } from '../../src/history/progress';
import type { TransferDirection, TransferTotals } from '../../src/history/transfers';
import type { EpochMs } from '../../src/units';

/** The iteration of a Map that a state is in. */
export interface Within {
  readonly map: string;
  readonly index: number;
  /** The parameter that the iteration moves, or else the iteration's number. */
  readonly item: string;
}

export type WatchEvent =
  | { readonly type: 'watching'; readonly executionId: string; readonly executionArn: string }
  | (StateProgress & { readonly within?: Within })
  | TransferProgress
  | JobProgress
  | { readonly type: 'job-status'; readonly jobId: string; readonly status: string; readonly reason?: string }
  | { readonly type: 'trouble'; readonly message: string }
  | { readonly type: 'ended'; readonly report: Report };

/** Shows the events of an execution as they come. */
export interface WatchView {
  tell(event: WatchEvent): void;
  /** Gives the terminal back. */
  close(): void;
}

/** A state that the execution is in. */
export interface CurrentState {
  readonly state: string;
  readonly within?: Within;
  readonly since: EpochMs;
}

export interface JobReport {
  readonly jobId: string;
  readonly status: string;
  readonly exitCode?: number;
  readonly reason?: string;
  /** MiB. */
  readonly memory?: number;
}

/** Everything that is known about an execution. */
export interface Report {
  readonly executionId: string;
  readonly executionArn: string;
  readonly status: 'RUNNING' | EndStatus;
  readonly startDate: string;
  readonly stopDate?: string;
  readonly states: readonly CurrentState[];
  /** Milliseconds. */
  readonly phases: PhaseTimes;
  readonly totalMs: number;
  readonly counts: ExecutionCounts;
  readonly job?: JobReport;
  /** The failed jobs before this one, when the execution has retried a job. */
  readonly retriedJobs?: readonly EndedJob[];
  readonly transferred: Readonly<Record<TransferDirection, TransferTotals>>;
  /** The present or future places of the results. */
  readonly outputs: readonly { readonly name: string; readonly remote: string }[];
  readonly failure?: ExecutionFailure;
  /** ARNs of the executions that it started for large transfers. */
  readonly nested: readonly string[];
}
