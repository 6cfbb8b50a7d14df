/** Work within the time of one call. */
import type { CallTime } from '../clock';
import type { RunOptions } from './concurrency';

/** Milliseconds that a call keeps back: enough to finish the running work and to answer before Lambda's time-out. */
const RESERVE_MS = 30_000;

/** Returns whether the call has time to start more work: at least {@link RESERVE_MS}. */
export function hasTimeLeft(time: CallTime): boolean {
  return time.remainingMs() >= RESERVE_MS;
}

/**
 * Runs a task until the deadline of the call.
 *
 * @param task returns true when all work is done
 * @returns the task's answer; false when the deadline has stopped the task
 * @throws the task's error, and the reason of the world's signal
 */
export async function runUntilDeadline(
  { signal, time }: { readonly signal: AbortSignal; readonly time: CallTime },
  task: (options: Required<RunOptions>) => Promise<boolean>,
): Promise<boolean> {
  const { deadline } = time;
  try {
    return await task({
      signal: deadline === undefined ? signal : AbortSignal.any([signal, deadline]),
      mayStart: () => hasTimeLeft(time),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (deadline?.aborted !== true) throw error;
    return false;
  }
}
