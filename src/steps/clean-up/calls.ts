/** Waits for functions that were called for an execution before it ended: to stop it stops none of them. */
import type { CallTime, Clock } from '../../clock';
import { JobStillRunning } from '../../errors';
import { formatMoment } from '../../python/time';
import { LATE_CALL_MS, POLL_MS, REMOVAL_MS } from './waits';

export interface CleanUpCallsWorld {
  readonly clock: Clock;
  readonly time: CallTime;
}

/**
 * Nobody tells when such a function ends; that it has by the time of its task's time-out is certain. It waits here
 * rather than between two calls of this, since Lambda begins those a minute and two minutes after a failure: too early
 * for a function of a quarter of an hour, unless the call itself has waited.
 *
 * @param of the executions with their nested ones
 * @returns whether it had to wait
 * @throws JobStillRunning when that is longer than this call may take
 */
export async function waitForCalls(
  of: readonly { readonly callsOverAt: number }[],
  executionArn: string,
  world: CleanUpCallsWorld,
): Promise<boolean> {
  const overAt = Math.max(0, ...of.map(({ callsOverAt }) => callsOverAt)) + LATE_CALL_MS;
  if (world.clock.now() >= overAt) return false;
  for (let left = overAt - world.clock.now(); left > 0; left = overAt - world.clock.now()) {
    if (world.time.remainingMs() < REMOVAL_MS)
      throw new JobStillRunning(
        `A function that was called for ${executionArn} may go on until ${formatMoment(overAt * 1_000)}, so nothing ` +
          'was removed from under it. Send the event again then',
      );
    await world.clock.wait(Math.min(POLL_MS, left));
  }
  return true;
}
