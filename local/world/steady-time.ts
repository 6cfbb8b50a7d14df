import type { EpochMs } from '../../src/units';

/**
 * Returns the time of day as it was at the start of this process, plus the time since then. A clock that is set does not
 * change it, so a difference of two times is a duration.
 */
export function steadyNow(): EpochMs {
  return Math.round(performance.timeOrigin + performance.now());
}
