/** What a local execution tells while it runs; each kind has a text and a JSON face in cli/. */
import type { ExecutionFailure } from '../../src/history/failure';
import type { Counts, HistoryEvent } from '../../src/history/events';

export type DemandEvent =
  | {
      readonly type: 'started';
      readonly executionId: string;
      readonly attempt: number;
      readonly root: string;
    }
  | { readonly type: 'attached'; readonly executionId: string; readonly pid: number }
  | { readonly type: 'set-aside'; readonly path: string }
  | { readonly type: 'state'; readonly event: HistoryEvent }
  | TransferEvent
  | { readonly type: 'job-started'; readonly jobId: string; readonly image: string; readonly runner: string }
  | { readonly type: 'job-output'; readonly line: string }
  | { readonly type: 'job-ended'; readonly exitCode: number; readonly reason?: string }
  | { readonly type: 'finished'; readonly result: DemandResult };

export interface TransferEvent {
  readonly type: 'transfer';
  readonly direction: 'input' | 'output';
  /** The parameter. */
  readonly name: string;
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export type Listener = (event: DemandEvent) => void;

export const PHASES = ['prepare', 'stage inputs', 'job', 'store outputs', 'clean up'] as const;
export type Phase = (typeof PHASES)[number];

interface StoredOutput {
  readonly name: string;
  readonly remote: string;
  /** Where it is on this machine. */
  readonly path: string;
}

export interface DemandResult {
  readonly executionId: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly outputs: readonly StoredOutput[];
  /** Milliseconds. Inputs are staged while the job is prepared, so phases follow one another without a gap. */
  readonly phases: Readonly<Record<Phase, number>>;
  readonly totalMs: number;
  /** Everything but the job. */
  readonly overheadMs: number;
  readonly counts: Counts;
  readonly failure?: ExecutionFailure;
  /** There only if it was kept. */
  readonly workingDirectory?: string;
  /** Where history, input and the job's output are. */
  readonly records: string;
}
