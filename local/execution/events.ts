/** The events of a local run. The command line shows each of them as text, or as JSON. */
import type { EndedJob } from '../../src/batch/retries/ended-jobs';
import type { ExecutionCounts } from '../../src/history/counts';
import type { ExecutionFailure } from '../../src/history/failure';
import type { PhaseTimes } from '../../src/history/phases';
import type { Progress } from '../../src/history/progress';

export type RunEvent =
  | {
      readonly type: 'started';
      readonly executionId: string;
      readonly attempt: number;
      readonly root: string;
      /** JSON pointers of fields of the demand that nothing reads. */
      readonly ignoredFields?: readonly string[];
    }
  | { readonly type: 'attached'; readonly executionId: string; readonly pid: number }
  | { readonly type: 'set-aside'; readonly path: string }
  | Progress
  | { readonly type: 'finished'; readonly result: DemandResult };

/** @returns a promise while no more output of the job can be shown; the job then waits */
export type Listener = (event: RunEvent) => Promise<void> | undefined;

interface StoredOutput {
  readonly name: string;
  readonly remote: string;
  /** The file or folder on this machine. */
  readonly path: string;
}

export interface DemandResult {
  readonly executionId: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly outputs: readonly StoredOutput[];
  /** Milliseconds. */
  readonly phases: PhaseTimes;
  readonly totalMs: number;
  /** Milliseconds of all phases but the job. */
  readonly overheadMs: number;
  readonly counts: ExecutionCounts;
  readonly failure?: ExecutionFailure;
  /** All jobs of a run that has retried a job and succeeded. A failure has the jobs of its own. */
  readonly jobs?: readonly EndedJob[];
  /** Absent when it was removed. */
  readonly workingDirectory?: string;
  /** Why the file with the output of the job lacks lines. */
  readonly logProblem?: string;
  /** Why the records of the run could not be written. */
  readonly recordsProblem?: string;
  /** The folder with the history, the input and the output of the job. */
  readonly records: string;
}
