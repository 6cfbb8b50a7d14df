/** Putting one object in S3: in one request, or in parts. */
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { TransferMismatch } from '../errors';
import type { ByteBudget } from './byte-budget';

/** "Maximum number of parts per upload: 10,000" (S3 user guide, "Amazon S3 multipart upload limits"). */
const MAX_PARTS = 10_000;
/** Each part is held in memory, so that the SDK can send it again. */
const PART_BYTES = 16 * 1024 ** 2;
/** Parts of one object under way at once. */
const PARTS_AT_ONCE = 4;

export interface UploadTarget {
  readonly client: S3Client;
  readonly memory: ByteBudget;
  readonly object: { readonly Bucket: string; readonly Key: string };
  readonly signal: AbortSignal;
}

/**
 * Uploads exactly `size` bytes; the object appears whole or not at all.
 *
 * @throws TransferMismatch when the content has more or fewer bytes
 */
export async function upload(content: Readable, size: number, target: UploadTarget): Promise<void> {
  if (size <= PART_BYTES) await uploadWhole(content, size, target);
  else await uploadParts(content, size, target);
}

/** Bytes a part: as few as allow the object to have no more than {@link MAX_PARTS}. */
export function partSizeOf(size: number): number {
  return Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS));
}

async function uploadWhole(content: Readable, size: number, target: UploadTarget): Promise<void> {
  const { client, memory, object, signal } = target;
  await memory.hold(size, async () => {
    const reader = new PartReader(content, size);
    const body = await reader.next(size);
    await reader.end();
    const command = new PutObjectCommand({ ...object, Body: body, ContentLength: size });
    await client.send(command, { abortSignal: signal });
  });
}

async function uploadParts(content: Readable, size: number, target: UploadTarget): Promise<void> {
  const { client, object, signal } = target;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object), { abortSignal: signal });
  try {
    const parts = await sendParts(content, size, { ...target, object: { ...object, UploadId } });
    const MultipartUpload = { Parts: parts };
    await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload }), {
      abortSignal: signal,
    });
  } catch (error) {
    // Not with the signal, which may be why. Parts that stay are billed until a lifecycle rule ends them.
    await client.send(new AbortMultipartUploadCommand({ ...object, UploadId })).catch(() => undefined);
    throw error;
  }
}

interface PartsTarget extends UploadTarget {
  readonly object: UploadTarget['object'] & { readonly UploadId: string | undefined };
}

async function sendParts(content: Readable, size: number, target: PartsTarget): Promise<CompletedPart[]> {
  const partSize = partSizeOf(size);
  const parts = Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({
    number: index + 1,
    size: Math.min(partSize, size - index * partSize),
  }));
  const reader = new PartReader(content, size);
  const sent: CompletedPart[] = [];
  const queue = parts.values();
  const stop = new AbortController();
  const signal = AbortSignal.any([target.signal, stop.signal]);

  async function work(): Promise<void> {
    for (const part of queue) {
      signal.throwIfAborted();
      // Asked for in the order of the parts, and answered in it.
      const send = async () => sendPart(await reader.next(part.size), part.number, { ...target, signal });
      sent[part.number - 1] = await target.memory.hold(part.size, send);
    }
  }

  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, () => work().catch((error) => stop.abort(error))));
  signal.throwIfAborted();
  await reader.end();
  return sent;
}

async function sendPart(
  body: Buffer,
  PartNumber: number,
  { client, object, signal }: PartsTarget,
): Promise<CompletedPart> {
  const command = new UploadPartCommand({ ...object, PartNumber, Body: body, ContentLength: body.length });
  const { ETag } = await client.send(command, { abortSignal: signal });
  return { PartNumber, ETag };
}

/** Cuts a stream into pieces of given sizes, one after the other however many ask at once. */
class PartReader {
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
