/** Status reasons of Batch that say how an attempt ended, and not why. */
export const STATUS_REASONS = {
  exited: 'Essential container in task exited',
  notStarted: 'Task failed to start',
} as const;
