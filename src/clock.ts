/** Time as the core sees it. `functions/` and `local/` hand the implementations in. */
import type { EpochMs } from './units';

/** The time of day, and waits. */
export interface Clock {
  /** Returns the time of day. It jumps when the machine's clock is set. */
  now(): EpochMs;
  /** Waits. An abort of the signal ends the wait early, without an error. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A clock for durations: it is never set, and it goes on while the process is stopped. */
export interface MonotonicClock {
  /** Returns the milliseconds since a fixed moment. Only the difference of two calls has a meaning. */
  elapsedMs(): number;
  /** Waits. An abort of the signal ends the wait early, without an error. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** The time that a call of a function has left. */
export interface CallTime {
  /** Returns the milliseconds until the call is ended from outside; infinity when nothing ends it. */
  remainingMs(): number;
  /** Aborted shortly before the end of the call. Running work stops then, and the next call does it again. Default: no deadline. */
  readonly deadline?: AbortSignal;
}
