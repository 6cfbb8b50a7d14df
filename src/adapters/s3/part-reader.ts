/** A stream, cut to size. */
import type { Readable } from 'node:stream';
import { TransferMismatch } from '../../errors';

/** Cuts a stream into pieces of given sizes, one after the other however many ask at once. */
export class PartReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #last: Promise<unknown> = Promise.resolve();
  #read = 0;

  constructor(
    content: Readable,
    private readonly size: number,
  ) {
    this.#chunks = (content as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  next(bytes: number): Promise<Buffer> {
    const piece = this.#last.then(() => this.#take(bytes));
    this.#last = piece.catch(() => undefined);
    return piece;
  }

  /** Makes sure that nothing is left. */
  async end(): Promise<void> {
    let left = this.#rest.length;
    for (let next = await this.#chunks.next(); left === 0 && !next.done; next = await this.#chunks.next())
      left = next.value.length;
    if (left > 0)
      throw new TransferMismatch(`More bytes came than the ${this.size} that were listed. Run this again`);
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
      throw new TransferMismatch(`${this.#read} bytes came where ${this.size} were listed. Run this again`);
    this.#read += value.length;
    return value;
  }
}
