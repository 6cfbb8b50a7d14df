/** Writes a text of any length to one object in S3, while the text is made. */
import { PutObjectCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import type { Location } from '../../transfer/location';
import { requireS3Object } from '../../transfer/schemes/s3';
import { BACKOFF_MS } from './attempts';
import { Gate } from './gate';
import { type Part, putParts } from './multipart';

/** Bytes of a part. The maximum of 10,000 parts holds 160 GB. */
const PART_BYTES = 16 * 1024 ** 2;

export interface TextObjectOptions {
  readonly signal: AbortSignal;
  readonly partBytes?: number;
}

/** Writes the whole text. The object appears after the end of the text. */
export async function writeTextObject(
  client: S3Client,
  location: Location,
  content: AsyncIterable<string>,
  { signal, partBytes = PART_BYTES }: TextObjectOptions,
): Promise<void> {
  const { bucket: Bucket, key: Key } = requireS3Object(location);
  const object = { Bucket, Key };
  const pieces = new Pieces(content, partBytes);
  const first = await pieces.next();
  if (pieces.isDone) {
    await client.send(new PutObjectCommand({ ...object, Body: first }), { abortSignal: signal });
    return;
  }
  const send = async ({ number }: Part, { uploadId }: { readonly uploadId: string }) => {
    const Body = number === 1 ? first : await pieces.next();
    const command = new UploadPartCommand({ ...object, UploadId: uploadId, PartNumber: number, Body });
    const { ETag } = await client.send(command, { abortSignal: signal });
    return { ETag };
  };
  const patience = { gate: new Gate(1), signal, backoffMs: BACKOFF_MS };
  await putParts(partsUntilDone(pieces), 1, send, { client, object, hasChecksums: false, patience });
}

/** Returns one part at a time. Only the end of a piece shows whether the text has another. */
function* partsUntilDone(pieces: Pieces): Generator<Part> {
  for (let number = 1, wasDone = false; !wasDone; number++) {
    // The caller has read the first piece already.
    yield { number, offset: 0, size: 0 };
    wasDone = pieces.isDone;
  }
}

class Pieces {
  readonly #lines: AsyncIterator<string>;
  #ahead: IteratorResult<string> | undefined;

  constructor(
    content: AsyncIterable<string>,
    private readonly bytes: number,
  ) {
    this.#lines = content[Symbol.asyncIterator]();
  }

  get isDone(): boolean {
    return this.#ahead?.done === true;
  }

  /** Returns at least `bytes` bytes, or fewer at the end of the text. Sets {@link isDone}. */

  async next(): Promise<Buffer> {
    const held: Buffer[] = [];
    let size = 0;
    this.#ahead ??= await this.#lines.next();
    while (!this.#ahead.done && size < this.bytes) {
      const piece = Buffer.from(this.#ahead.value);
      held.push(piece);
      size += piece.length;
      this.#ahead = await this.#lines.next();
    }
    return Buffer.concat(held, size);
  }
}
