/** Limits the memory of concurrent uploads. */

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/** Node allocates smaller buffers fast enough. */
const KEPT_BYTES = 1024 ** 2;

/** A budget of bytes. Tasks start in the order of their calls. A task above the whole budget runs alone. */
export class ByteBudget {
  #free: number;
  readonly #waiting: Waiting[] = [];
  /** Buffers for reuse: unused buffers occupy memory until the garbage collector frees them. */
  readonly #buffers: ArrayBufferLike[] = [];

  constructor(readonly total: number) {
    this.#free = total;
  }

  /** Runs a task as soon as the budget has the bytes that the task needs. */
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

  /** Returns a buffer for a task that holds that many bytes. Its content is undefined. */
  take(bytes: number): Buffer {
    if (bytes < KEPT_BYTES) return Buffer.allocUnsafe(bytes);
    const index = this.#buffers.findIndex((each) => each.byteLength >= bytes);
    const [found] = index < 0 ? [] : this.#buffers.splice(index, 1);
    return found === undefined ? Buffer.allocUnsafeSlow(bytes) : Buffer.from(found, 0, bytes);
  }

  /** Returns a buffer for a later {@link take}. The caller stops using the buffer. */
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
