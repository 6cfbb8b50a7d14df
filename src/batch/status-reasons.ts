/** Status reasons of Batch that say how an attempt ended, and not why. */
export const STATUS_REASONS = {
  exited: 'Essential container in task exited',
  notStarted: 'Task failed to start',
} as const;

/**
 * The status reason of a job that ran longer than its time-out. Batch does not retry it.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
 */
export const TIMED_OUT_REASON = 'Job attempt duration exceeded timeout';
