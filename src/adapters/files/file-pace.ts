/** Whether a file system answers so fast that to wait for it is cheaper than to hand the call to another thread. */

/** Milliseconds for all calls of one small file: handing them over costs about as much. */
const FAST_MS = 0.4;
/** No more counts, so that one pause of the machine does not make a fast disk a slow one. */
const MOST_MS = 2;
const WEIGHT = 0.1;

/**
 * A local disk answers from memory, EFS over the network: synchronous calls are three times as fast on the one,
 * and would stop everything else on the other. It is found out by trying, and found slow after a few files.
 */
export class FilePace {
  #averageMs = 0;

  constructor(
    private readonly fastMs = FAST_MS,
    private readonly mostMs = MOST_MS,
  ) {}

  get isFast(): boolean {
    return this.#averageMs < this.fastMs;
  }

  /** Does it now, and remembers how long it took. */
  time<T>(work: () => T): T {
    const start = performance.now();
    try {
      return work();
    } finally {
      const ms = Math.min(this.mostMs, performance.now() - start);
      this.#averageMs += WEIGHT * (ms - this.#averageMs);
    }
  }
}
