/** How long the clean-up of an ended execution waits, in milliseconds. docs/retries.md lists all waits. */

/** Between two looks at a function that was called, or at a job that was told to stop. */
export const POLL_MS = 5_000;
/** Between two looks for a job that Batch may have taken without an answer to the machine. */
export const LOST_JOB_POLL_MS = 2_000;
/** Between two looks for a nested execution, or for the end in a description or a history. */
export const EXECUTION_POLL_MS = 1_000;

/** A task that begins just before the end of its execution may still start a job or a nested execution for so long. */
export const IN_FLIGHT_MS = 10_000;
/** A call begins a little later than its task. So it may also end so much later. */
export const LATE_CALL_MS = 10_000;
/** For so long a description or a history may not show an end that Step Functions has told of. */
export const SETTLED_MS = 30_000;

/** A call of the clean-up keeps this time for the removal. The next call goes on with a removal that takes longer. */
export const REMOVAL_MS = 60_000;
/** A call keeps this time for a last look at a DataSync task and for the rest of the clean-up. */
export const TASK_RESERVE_MS = 120_000;
