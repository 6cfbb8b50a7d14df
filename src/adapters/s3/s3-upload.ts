/** Uploads one object to S3, in one request or in parts. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import type { StoredFile } from '../../transfer/store';
import type { Bytes } from '../../units';
import type { ByteBudget } from '../byte-budget';
import type { OpenFile } from '../ranged';
import { type Patience, persist } from './attempts';
import { type OpenUpload, type Part, partSizeOf, partsOf, putParts } from './multipart';
import { PartReader } from './part-reader';
import { type Content, formatChecksum, type S3Requests } from './requests';

/** Bytes up to which an object goes in one request. A larger object goes in parts of at least this size. */
export const PART_BYTES = 8 * 1024 ** 2;
/** Bytes up to which a part is held in memory. A larger part is read twice: for its checksum and for the request. */
const HELD_BYTES = 16 * 1024 ** 2;
/** Bytes of one read of a part that is not held in memory. */
const PIECE_BYTES = 1024 ** 2;
/** Concurrent parts of one object. */
export const PARTS_AT_ONCE = 8;

export interface UploadTarget {
  readonly client: S3Client;
  readonly requests: S3Requests;
  readonly memory: ByteBudget;
  readonly object: { readonly Bucket: string; readonly Key: string };
  readonly patience: Patience;
}

/**
 * Uploads exactly `size` bytes. The object appears whole or not at all.
 *
 * A part is in memory while it is sent. From 80 GB on parts are larger, so that 10,000 parts suffice.
 *
 * @throws TransferMismatch when the content has more or fewer bytes
 */
export async function uploadStream(content: Readable, size: Bytes, target: UploadTarget): Promise<void> {
  const reader = new PartReader(content, size);
  if (size <= PART_BYTES) {
    await target.memory.hold(size, async () => {
      const body = await reader.next(size);
      await reader.end();
      await putWhole(body, target);
    });
    return;
  }
  // Calls come in the order of the parts, and the reader answers in this order.
  const sendPart = (part: Part, upload: OpenUpload) =>
    target.memory.hold(part.size, async () => putPart(part, await reader.next(part.size), upload, target));
  await uploadParts(size, sendPart, target, () => reader.end());
}

/** Uploads bytes that are in memory. */
export async function putWhole(body: Buffer, target: UploadTarget): Promise<void> {
  await put({}, await contentOf(body, target.requests), target, target.patience.signal);
}

/**
 * Uploads an open file in parts. Each part is read at its position, so parts do not wait for each other.
 *
 * @param onBytes gets the bytes of each uploaded part
 * @throws TransferMismatch when the file is not the listed version any more
 */
export async function uploadFile(
  file: OpenFile,
  { size }: StoredFile,
  target: UploadTarget,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const sendPart = async (part: Part, upload: OpenUpload) => {
    const sent = await sendFilePart(file, part, upload, target);
    onBytes(part.size);
    return sent;
  };
  await uploadParts(size, sendPart, target, () => file.verify());
}

/** @throws TransferMismatch when the file has changed between two reads of the part */
export async function sendFilePart(file: OpenFile, part: Part, upload: OpenUpload, target: UploadTarget) {
  const sent =
    part.size <= HELD_BYTES
      ? sendHeld(file, part, upload, target)
      : pieceByPiece(file, part, target.requests).then((content) => putPart(part, content, upload, target));
  return sent.catch(async (error) => {
    // S3 refuses a part whose checksum differs because the file has changed.
    await file.verify();
    throw error;
  });
}

async function uploadParts(
  size: Bytes,
  send: (part: Part, upload: OpenUpload) => Promise<{ ETag: string | undefined }>,
  { client, object, requests, patience }: UploadTarget,
  finish: () => Promise<void>,
): Promise<void> {
  const parts = partsOf(size, partSizeOf(size, PART_BYTES));
  const target = { client, object, hasChecksums: await requests.wantsChecksums(), patience };
  await putParts(parts, PARTS_AT_ONCE, send, target, finish);
}

function sendHeld(file: OpenFile, part: Part, upload: OpenUpload, target: UploadTarget) {
  return target.memory.hold(part.size, async () => {
    upload.signal.throwIfAborted();
    const body = target.memory.take(part.size);
    await file.read(body, part.offset);
    // Before the request: another call may complete the object with this part.
    await file.verify();
    const sent = await putPart(part, body, upload, target);
    // Not after a failure: a failed request may still read from the buffer.
    target.memory.giveBack(body);
    return sent;
  });
}

async function putPart(
  { number }: Part,
  body: Buffer | Content,
  { uploadId, signal }: OpenUpload,
  target: UploadTarget,
): Promise<{ ETag: string | undefined; ChecksumCRC32?: string }> {
  const content = Buffer.isBuffer(body) ? await contentOf(body, target.requests) : body;
  const query = { partNumber: String(number), uploadId };
  const headers = await put(query, content, target, signal);
  return {
    ETag: headers.etag,
    ...(content.checksum !== undefined && { ChecksumCRC32: formatChecksum(content.checksum) }),
  };
}

function put(
  query: Record<string, string>,
  body: Content,
  { requests, object, patience }: UploadTarget,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const request = { method: 'PUT', bucket: object.Bucket, key: object.Key, query, body } as const;
  return persist({ ...patience, signal }, () => requests.sendWhole(request, signal));
}

async function contentOf(bytes: Buffer, requests: S3Requests): Promise<Content> {
  const checksum = (await requests.wantsChecksums()) ? crc32(bytes) : undefined;
  return { size: bytes.length, checksum, bytes };
}

/** Reads a part once for its checksum, and again for each request. S3 refuses the part when they differ. */
async function pieceByPiece(file: OpenFile, part: Part, requests: S3Requests): Promise<Content> {
  const end = part.offset + part.size;
  async function* bytes(): AsyncGenerator<Buffer> {
    for (let from = part.offset; from < end; from += PIECE_BYTES) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - from));
      await file.read(piece, from);
      yield piece;
    }
  }
  const wantsChecksum = await requests.wantsChecksums();
  const hash = createHash('sha256');
  let checksum = 0;
  for await (const piece of bytes()) {
    if (wantsChecksum) checksum = crc32(piece, checksum);
    else hash.update(piece);
  }
  await file.verify();
  const { size } = part;
  return wantsChecksum
    ? { size, checksum, bytes }
    : { size, checksum: undefined, sha256: hash.digest('hex'), bytes };
}
