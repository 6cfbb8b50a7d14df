/** Waits for functions that an ended execution has called. The stop of an execution does not stop its functions. */
import type { CallTime, Clock } from '../../clock';
import { JobStillRunning } from '../../errors';
import { formatMoment } from '../../python/time';
import type { EpochMs } from '../../units';
import { LATE_CALL_MS, POLL_MS, REMOVAL_MS } from './waits';

export interface CleanUpCallsWorld {
  readonly clock: Clock;
  readonly time: CallTime;
}

/**
 * Waits until all called functions have ended. No event tells the end of a function, but it has ended at the time-out
 * of its task. The wait is inside the call, because Lambda repeats a failed call one minute and then two minutes later.
 * That is too early for a function of 15 minutes.
 *
 * @param executions the ended execution and its nested executions
 * @returns whether a wait was necessary
 * @throws JobStillRunning when the wait takes longer than this call may take
 */
export async function waitForCalls(
  executions: readonly { readonly callsOverAt: EpochMs }[],
  executionArn: string,
  world: CleanUpCallsWorld,
): Promise<boolean> {
  const overAt = Math.max(0, ...executions.map(({ callsOverAt }) => callsOverAt)) + LATE_CALL_MS;
  if (world.clock.now() >= overAt) return false;
  for (let left = overAt - world.clock.now(); left > 0; left = overAt - world.clock.now()) {
    if (world.time.remainingMs() < REMOVAL_MS)
      throw new JobStillRunning(
        `A function of ${executionArn} may run until ${formatMoment(overAt * 1_000)}, so no file was removed. ` +
          'Send the event again after that time',
      );
    await world.clock.wait(Math.min(POLL_MS, left));
  }
  return true;
}
