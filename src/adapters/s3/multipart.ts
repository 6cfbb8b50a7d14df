/** An object put together from parts, which appears whole or not at all. */
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { UPLOAD_PARTS } from '../../aws-limits';
import { runLimited } from '../../transfer/concurrency';
import { type Patience, persist } from './attempts';
import { explainRedirect, isNamed } from './failures';

const MIB = 1024 ** 2;

export interface Part {
  /** From 1. */
  readonly number: number;
  /** Of its first byte in the object. */
  readonly offset: number;
  readonly size: number;
}

export interface MultipartTarget {
  readonly client: S3Client;
  readonly object: { readonly Bucket: string; readonly Key: string };
  /** The parts carry CRC32 checksums. */
  readonly hasChecksums: boolean;
  readonly patience: Patience;
}

/** What one part needs to be told to S3. */
export interface OpenUpload {
  readonly uploadId: string;
  readonly signal: AbortSignal;
}

/** Returns the bytes of a part: whole MiB, `least` or as many as {@link UPLOAD_PARTS} need for the object. */
export function partSizeOf(size: number, least: number): number {
  return Math.max(least, Math.ceil(size / UPLOAD_PARTS / MIB) * MIB);
}

export function* partsOf(size: number, partSize: number): Generator<Part> {
  for (let offset = 0, number = 1; offset < size; offset += partSize, number++)
    yield { number, offset, size: Math.min(partSize, size - offset) };
}

/**
 * Sends parts, several at once, and completes the object; on any failure S3 is told to forget them.
 *
 * @param finish is called once all parts are there: the last chance to throw
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
    // An error inside a 200 is thrown by the SDK. No signal: what S3 has begun to complete cannot be taken back.
    signal.throwIfAborted();
    await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload }));
  } catch (error) {
    await endUpload(target, UploadId).catch(() => undefined);
    throw error;
  }
}

/**
 * Has S3 forget an upload and its parts; one that is no more is no error.
 *
 * Patiently: what stays is billed until a lifecycle rule ends it. Not with the signal, which may be why.
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

/** Completed by another call, or ended. */
export function isGone(error: unknown): boolean {
  return isNamed(error, 'NoSuchUpload');
}

/** @returns its id */
export async function createUpload({
  client,
  object,
  hasChecksums,
  patience,
}: MultipartTarget): Promise<string> {
  const command = new CreateMultipartUploadCommand({
    ...object,
    ...(hasChecksums ? { ChecksumAlgorithm: 'CRC32' } : {}),
  });
  const { UploadId } = await client.send(command, { abortSignal: patience.signal }).catch((error) => {
    throw explainRedirect(error);
  });
  if (UploadId === undefined) throw new Error('S3 began an upload in parts and gave it no id');
  return UploadId;
}
