/** Types of numbers by their unit. A name with the unit in it, such as `ttlMs` or `maxBytes`, has the type number. */

export type Bytes = number;

/** Milliseconds since 1970-01-01 UTC. */
export type EpochMs = number;

/** Microseconds since 1970-01-01 UTC. */
export type EpochMicroseconds = number;
