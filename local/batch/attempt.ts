/** Runs one attempt of a job, and ends it after its time-out, as Batch does. */
import { STATUS_REASONS, TIMED_OUT_REASON } from '../../src/batch/status-reasons';
import { describeError } from '../../src/errors';
import type { JobExit } from './runner';

/** Milliseconds that a timer of Node waits at most. A longer time-out ends here. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface AttemptEnd {
  /** Absent when the job did not start. */
  readonly exitCode?: number;
  readonly reason?: string;
  /** In Batch's words. */
  readonly statusReason: string;
  readonly isTimedOut: boolean;
}

/**
 * Aborts the signal of the attempt at its time-out. An attempt that cannot be started is an end, not an error.
 *
 * @param run starts the attempt; after an abort it asks the job to stop, and kills it 30 s later
 * @param seconds the time-out; undefined: the attempt has no end of its own
 * @param stop aborts the attempt from outside
 */
export async function runAttempt(
  run: (signal: AbortSignal) => Promise<JobExit>,
  seconds: number | undefined,
  stop: AbortSignal,
): Promise<AttemptEnd> {
  const timeOut = new AbortController();
  const end = () => timeOut.abort(new Error(TIMED_OUT_REASON));
  const timer =
    seconds === undefined ? undefined : setTimeout(end, Math.min(seconds * 1_000, LONGEST_TIMER_MS));
  try {
    const exit = await run(AbortSignal.any([stop, timeOut.signal]));
    // A job that ends well after it was asked to stop has failed as well.
    const isTimedOut = timeOut.signal.aborted && !stop.aborted;
    const { statusReason = STATUS_REASONS.exited } = exit;
    return { ...exit, statusReason: isTimedOut ? TIMED_OUT_REASON : statusReason, isTimedOut };
  } catch (error) {
    const reason = describeError(error).message;
    return { reason, statusReason: STATUS_REASONS.notStarted, isTimedOut: false };
  } finally {
    clearTimeout(timer);
  }
}
