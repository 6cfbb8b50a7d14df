/** Why a Batch job ended, in plain words. */
import { JOB_CAUSES } from './causes';
import type { JobCause } from './job-cause';
import { STATUS_REASONS } from './status-reasons';

export interface JobEnd {
  /** Absent when no container ran to its end. */
  readonly exitCode?: number;
  /** The container's reason (from ECS) and the job's status reason (from Batch), in AWS's own words. */
  readonly reasons?: readonly string[];
  /** Last lines of the job's log, where the caller has them. */
  readonly lastLines?: readonly string[];
}

/** Linux ends a process with 128 and the number of the signal. It has 64 signals. */
const SIGNAL_BASE = 128;
const SIGNALS = 64;

/** @returns undefined when no row of the table matches */
export function jobCauseOf({ exitCode, reasons = [], lastLines = [] }: JobEnd): JobCause | undefined {
  return JOB_CAUSES.find(
    (row) =>
      (row.exitCode === undefined || row.exitCode === exitCode) &&
      (row.reason === undefined || reasons.some((reason) => row.reason?.test(reason))) &&
      (row.log === undefined || lastLines.some((line) => row.log?.test(line))),
  );
}

/** Returns the reasons that say more than that the container ended, each once. */
export function tellingReasons(reasons: readonly string[]): string[] {
  return [...new Set(reasons)].filter((reason) => reason !== STATUS_REASONS.exited);
}

/**
 * Explains a job that failed: `the job ended with exit code 127: a program was not found. Install it where the job runs,
 * or correct its name in the demand's command`.
 */
export function explainJobEnd(end: JobEnd): string {
  const { exitCode, reasons = [] } = end;
  const what =
    exitCode === undefined ? 'the job did not run to its end' : `the job ended with exit code ${exitCode}`;
  const quoted = tellingReasons(reasons).join('; ');
  const told = quoted === '' ? what : `${what} (${quoted})`;
  const cause = jobCauseOf(end) ?? otherCause(exitCode, quoted);
  return cause === undefined ? told : `${told}: ${cause.happened}. ${cause.next}`;
}

function otherCause(exitCode: number | undefined, quoted: string): JobCause | undefined {
  if (exitCode === undefined)
    return quoted === '' ? { happened: 'no reason is known', next: 'Submit the demand again' } : undefined;
  // A job that was stopped may end with success all the same.
  if (exitCode === 0) return undefined;
  const signal = exitCode - SIGNAL_BASE;
  const isSignal = signal > 0 && signal <= SIGNALS;
  const happened = isSignal ? `signal ${signal} ended it` : 'a program ended with a code of its own';
  return { happened, next: 'Read its last lines in the log of the job' };
}
