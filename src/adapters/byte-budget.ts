/** Memory that several uploads share. */

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/** Lets in as much as fits, in order of asking; something larger than the whole gets in alone. */
export class ByteBudget {
  #free: number;
  readonly #waiting: Waiting[] = [];

  constructor(readonly total: number) {
    this.#free = total;
  }

  /** Runs a task that holds so many bytes, once there is room for them. */
  async hold<T>(bytes: number, task: () => Promise<T>): Promise<T> {
    const held = Math.min(bytes, this.total);
    await new Promise<void>((start) => {
      this.#waiting.push({ bytes: held, start });
      this.#admit();
    });
    try {
      return await task();
    } finally {
      this.#free += held;
      this.#admit();
    }
  }

  #admit(): void {
    for (
      let next = this.#waiting[0];
      next !== undefined && next.bytes <= this.#free;
      next = this.#waiting[0]
    ) {
      this.#waiting.shift();
      this.#free -= next.bytes;
      next.start();
    }
  }
}
