/** Memory that several uploads share. */

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/** Buffers below this come and go fast enough by themselves. */
const KEPT_BYTES = 1024 ** 2;

/** Lets in as much as fits, in order of asking; something larger than the whole gets in alone. */
export class ByteBudget {
  #free: number;
  readonly #waiting: Waiting[] = [];
  /** Used again: megabytes that wait for the garbage collector are memory too. */
  readonly #buffers: ArrayBufferLike[] = [];

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

  /** A buffer for who holds that many bytes; what is in it is left over. */
  take(bytes: number): Buffer {
    if (bytes < KEPT_BYTES) return Buffer.allocUnsafe(bytes);
    const index = this.#buffers.findIndex((each) => each.byteLength >= bytes);
    const [found] = index < 0 ? [] : this.#buffers.splice(index, 1);
    return found === undefined ? Buffer.allocUnsafeSlow(bytes) : Buffer.from(found, 0, bytes);
  }

  /** For another to {@link take}: nobody may use it any more. */
  giveBack(buffer: Buffer): void {
    const { byteLength } = buffer.buffer;
    const kept = this.#buffers.reduce((sum, each) => sum + each.byteLength, 0);
    if (byteLength >= KEPT_BYTES && kept + byteLength <= this.total) this.#buffers.push(buffer.buffer);
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
