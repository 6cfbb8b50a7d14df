/** How long the clean-up of an ended execution waits, in milliseconds. docs/retries.md lists all waits. */

/** Between two polls of a called function, or of a job that stops. */
export const POLL_MS = 5_000;
/** Between two searches for a job that Batch may have accepted without an answer to the machine. */
export const LOST_JOB_POLL_MS = 2_000;
/** Between two searches for a nested execution, or for the end in a description or a history. */
export const EXECUTION_POLL_MS = 1_000;

/**
 * Time in which a task that begins just before the end of its execution may still start a job or a nested execution.
 */
export const IN_FLIGHT_MS = 10_000;
/** A call of a function begins, and so ends, at most this much later than its task. */
export const LATE_CALL_MS = 10_000;
/** Time after the event of an end in which a description or a history may not show the end yet. */
export const SETTLED_MS = 30_000;

/** Time that a call of the clean-up keeps for the removal. The next call continues a removal that takes longer. */
export const REMOVAL_MS = 60_000;
/** Time that a call keeps for a last poll of a DataSync task and for the rest of the clean-up. */
export const TASK_RESERVE_MS = 120_000;
