/** Several at a time, in order of starting. */

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Asked before each start; once false, what runs is finished and nothing more begun. */
  mayStart?(): boolean;
}

/**
 * Runs a task over items, at most `limit` at a time.
 *
 * The first failure stops the others through their signal, and is thrown once they have all ended.
 *
 * @returns how many were started; they are the first ones, and all of them are done
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
