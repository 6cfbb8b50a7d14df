/** A limit for tasks that run at the same time. */

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Called before each start. After `false` no task starts, and the running tasks go on to their ends. */
  mayStart?(): boolean;
}

/**
 * Runs a task for each item, in the order of the items, at most `limit` tasks at the same time.
 *
 * The first failure aborts the signal of the other tasks. It is thrown after all tasks have ended.
 *
 * @returns the number of started tasks, which are the tasks of the first items; all started tasks have ended
 */
export async function runLimited<T>(
  items: Iterable<T>,
  limit: number,
  task: (item: T, signal: AbortSignal) => Promise<void>,
  options: RunOptions,
): Promise<number> {
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const queue = items[Symbol.iterator]();
  let started = 0;

  async function work(): Promise<void> {
    while (!signal.aborted && options.mayStart?.() !== false) {
      const { done, value } = queue.next();
      if (done) return;
      started++;
      await task(value, signal);
    }
  }

  await Promise.all(Array.from({ length: limit }, () => work().catch((error) => failure.abort(error))));
  options.signal.throwIfAborted();
  failure.signal.throwIfAborted();
  return started;
}
