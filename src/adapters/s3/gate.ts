/** How many requests at once: fewer whenever the other side asks for it. */

/**
 * Lets in a number at a time, in order of asking.
 *
 * The number is halved when S3 says SlowDown, once for all that were under way then, and grows back by
 * one each time that as many went well: what TCP does, for the same reason.
 */
export class Gate {
  #limit: number;
  #running = 0;
  /** How many of those under way at the last halving still run; their refusals say nothing new. */
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

  /** @returns what to call, once, at the end */
  async enter(): Promise<() => void> {
    if (this.#running < this.limit) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return () => this.#leave();
  }

  /** One went well. */
  speedUp(): void {
    this.#limit = Math.min(this.most, this.#limit + 1 / this.#limit);
  }

  /** One was refused for coming too fast. */
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
