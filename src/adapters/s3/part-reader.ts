/** Divides a stream into pieces. */
import type { Readable } from 'node:stream';
import { TransferMismatch } from '../../errors';
import type { Bytes } from '../../units';

/** Divides a stream into pieces of given sizes. Concurrent calls get their pieces in the order of the calls. */
export class PartReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #last: Promise<unknown> = Promise.resolve();
  #read = 0;

  constructor(
    content: Readable,
    private readonly size: Bytes,
  ) {
    this.#chunks = (content as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  next(bytes: number): Promise<Buffer> {
    const piece = this.#last.then(() => this.#take(bytes));
    this.#last = piece.catch(() => undefined);
    return piece;
  }

  /** @throws TransferMismatch when the stream has more bytes */
  async end(): Promise<void> {
    let left = this.#rest.length;
    for (let next = await this.#chunks.next(); left === 0 && !next.done; next = await this.#chunks.next())
      left = next.value.length;
    if (left > 0)
      throw new TransferMismatch(
        `The source has more than the ${this.size} listed bytes. Run the transfer again`,
      );
  }

  async #take(bytes: number): Promise<Buffer> {
    const piece = Buffer.allocUnsafe(bytes);
    for (let filled = 0; filled < bytes; ) {
      if (this.#rest.length === 0) this.#rest = await this.#pull();
      const copied = this.#rest.copy(piece, filled);
      this.#rest = this.#rest.subarray(copied);
      filled += copied;
    }
    return piece;
  }

  async #pull(): Promise<Buffer> {
    const { done, value } = await this.#chunks.next();
    if (done)
      throw new TransferMismatch(
        `The source has ${this.#read} bytes instead of the ${this.size} listed ones. Run the transfer again`,
      );
    this.#read += value.length;
    return value;
  }
}
