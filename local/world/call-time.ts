import type { CallTime } from '../../src/clock';

/** Nothing ends a call on this machine. */
export const UNLIMITED_TIME: CallTime = { remainingMs: () => Number.POSITIVE_INFINITY };
