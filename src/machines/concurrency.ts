/** How many functions the Maps of the machines run at once. */

export interface StagingConcurrency {
  /** Inputs, or outputs, of one demand that are copied at once. */
  readonly concurrency: number;
  /** Batches of one large transfer that are copied at once. A plan has so many batches where each is worth a call. */
  readonly batchConcurrency: number;
}

/**
 * The numbers of a stage whose configuration gives no others (`staging` in `config/<stage>.yml`). A new account may run
 * 10 functions at once. By rule, AWS DataSync copies what twenty functions need the better part of an hour for.
 */
export const DEFAULT_STAGING: StagingConcurrency = { concurrency: 10, batchConcurrency: 20 };
