/** The progress of an execution. A local run and a watched execution on AWS tell the same. */
import type { RecordedEvent } from './events';
import type { TransferDirection } from './transfers';

export interface StateProgress {
  readonly type: 'state';
  readonly event: RecordedEvent;
}

export interface TransferProgress {
  readonly type: 'transfer';
  readonly direction: TransferDirection;
  /** The parameter that the transfer moves. */
  readonly name: string;
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export type JobProgress =
  | {
      readonly type: 'job-started';
      readonly jobId: string;
      readonly image: string;
      /** `process` or `docker` of a local run, or the job queue. */
      readonly runner: string;
    }
  | { readonly type: 'job-output'; readonly line: string }
  | { readonly type: 'job-ended'; readonly exitCode: number; readonly reason?: string };

export type Progress = StateProgress | TransferProgress | JobProgress;
