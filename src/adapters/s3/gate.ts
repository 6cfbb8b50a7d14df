/** Limits concurrent requests, and reduces them after throttling. */

/**
 * Admits a limited number of concurrent requests, in the order of their calls.
 *
 * SlowDown halves the limit, once for all requests that run at that moment. After as many successes as the limit, the
 * limit grows by one. TCP does the same to avoid congestion.
 */
export class Gate {
  #limit: number;
  #running = 0;
  /** Requests of the last halving that still run. A further refusal of one of them does not halve the limit again. */
  #sinceHalved = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(readonly most: number) {
    this.#limit = most;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      const value = await task();
      this.speedUp();
      return value;
    } finally {
      leave();
    }
  }

  /** Waits for a place. @returns a function to call once, at the end of the request */
  async enter(): Promise<() => void> {
    if (this.#running < this.limit) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return () => this.#leave();
  }

  /** Counts a success. */
  speedUp(): void {
    this.#limit = Math.min(this.most, this.#limit + 1 / this.#limit);
  }

  /** Counts a throttled request. */
  slowDown(): void {
    if (this.#sinceHalved > 0) return;
    this.#sinceHalved = this.#running;
    this.#limit = Math.max(1, this.#limit / 2);
  }

  #leave(): void {
    this.#sinceHalved = Math.max(0, this.#sinceHalved - 1);
    this.#running--;
    while (this.#running < this.limit && this.#waiting.length > 0) {
      this.#running++;
      this.#waiting.shift()?.();
    }
  }
}
