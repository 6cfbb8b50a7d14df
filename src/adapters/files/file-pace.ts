/** Measures whether a file system is so fast that synchronous calls are cheaper than calls in another thread. */

/** Milliseconds for all calls of one small file. Calls in another thread cost about as much. */
const FAST_MS = 0.4;
/** Milliseconds that one measurement counts at most: one pause of the machine must not make a disk seem slow. */
const MOST_MS = 2;
const WEIGHT = 0.1;

/**
 * A local disk answers from memory, EFS over the network. Synchronous calls are three times as fast on a disk, but on
 * EFS they would block everything else. A few files show which case it is.
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

  /** Runs synchronous work and measures its time. */
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
