/** Runs tasks side by side. They start in the order of their items. */

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Called before each start. After the first false no task starts; the running tasks still end. */
  mayStart?(): boolean;
}

/**
 * Runs a task for each item, at most `limit` tasks at once.
 *
 * The first failure stops the other tasks through their signal. It is thrown once all tasks have ended.
 *
 * @returns the number of started tasks, which are those of the first items
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
