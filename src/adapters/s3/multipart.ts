/** Uploads an object in parts. The object appears whole or not at all. */
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { UPLOAD_PARTS } from '../../aws-limits';
import { runLimited } from '../../transfer/concurrency';
import type { Bytes } from '../../units';
import { type Patience, persist } from './attempts';
import { explainRedirect, isNamed } from './failures';

const MIB = 1024 ** 2;

export interface Part {
  /** The first part has number 1. */
  readonly number: number;
  /** Position of the part's first byte in the object. */
  readonly offset: number;
  readonly size: Bytes;
}

export interface MultipartTarget {
  readonly client: S3Client;
  readonly object: { readonly Bucket: string; readonly Key: string };
  /** True when the parts have CRC32 checksums. */
  readonly hasChecksums: boolean;
  readonly patience: Patience;
}

/** An upload that accepts parts. */
export interface OpenUpload {
  readonly uploadId: string;
  readonly signal: AbortSignal;
}

/** Returns the bytes of a part: whole MiB, `least` or as many as {@link UPLOAD_PARTS} need for the object. */
export function partSizeOf(size: Bytes, least: Bytes): Bytes {
  return Math.max(least, Math.ceil(size / UPLOAD_PARTS / MIB) * MIB);
}

export function* partsOf(size: Bytes, partSize: Bytes): Generator<Part> {
  for (let offset = 0, number = 1; offset < size; offset += partSize, number++)
    yield { number, offset, size: Math.min(partSize, size - offset) };
}

/**
 * Sends parts, several at once, and completes the object. After a failure S3 removes the parts.
 *
 * @param finish called after the last part; when it throws, the object is not completed
 */
export async function putParts(
  parts: Iterable<Part>,
  atOnce: number,
  send: (part: Part, upload: OpenUpload) => Promise<Omit<CompletedPart, 'PartNumber'>>,
  target: MultipartTarget,
  finish: () => Promise<void> = async () => undefined,
): Promise<void> {
  const { client, object, patience } = target;
  const { signal } = patience;
  const UploadId = await createUpload(target);
  try {
    const sent: CompletedPart[] = [];
    const sendOne = async (part: Part, inner: AbortSignal) => {
      const told = await send(part, { uploadId: UploadId, signal: inner });
      sent[part.number - 1] = { ...told, PartNumber: part.number };
    };
    await runLimited(parts, atOnce, sendOne, { signal });
    await finish();
    const MultipartUpload = { Parts: sent };
    // The SDK throws an error that comes with status 200. No signal: a begun completion cannot be aborted.
    signal.throwIfAborted();
    await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload }));
  } catch (error) {
    await endUpload(target, UploadId).catch(() => undefined);
    throw error;
  }
}

/**
 * Aborts an upload and removes its parts. Accepts an upload that does not exist any more.
 *
 * Repeats after transient errors: S3 bills the parts until a lifecycle rule removes them. It does not use the caller's
 * signal, because an abort of the caller may be the reason for the call.
 */
export async function endUpload(
  { client, object, patience }: Pick<MultipartTarget, 'client' | 'object' | 'patience'>,
  UploadId: string,
): Promise<void> {
  const send = () => client.send(new AbortMultipartUploadCommand({ ...object, UploadId }));
  await persist({ ...patience, signal: new AbortController().signal }, send).catch((error) => {
    if (!isGone(error)) throw error;
  });
}

/** Returns whether the upload does not exist: another call has completed or aborted it. */
export function isGone(error: unknown): boolean {
  return isNamed(error, 'NoSuchUpload');
}

/** Begins an upload. @returns its id */
export async function createUpload({
  client,
  object,
  hasChecksums,
  patience,
}: MultipartTarget): Promise<string> {
  const command = new CreateMultipartUploadCommand({
    ...object,
    ...(hasChecksums && { ChecksumAlgorithm: 'CRC32' }),
  });
  const { UploadId } = await client.send(command, { abortSignal: patience.signal }).catch((error) => {
    throw explainRedirect(error);
  });
  if (UploadId === undefined) throw new Error('S3 has begun an upload in parts without an id');
  return UploadId;
}
