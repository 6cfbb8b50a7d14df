/** The clocks of this machine. */
import { setTimeout } from 'node:timers/promises';
import type { Clock, MonotonicClock } from '../clock';

export const systemClock: Clock & MonotonicClock = {
  now: () => Date.now(),
  // CLOCK_MONOTONIC also counts the time in which this process is stopped.
  elapsedMs: () => performance.now(),
  wait: async (ms, signal) => {
    await setTimeout(ms, undefined, { signal }).catch(() => undefined);
  },
};
