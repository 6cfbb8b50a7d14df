/** Copies within S3, without a download. */
import { CopyObjectCommand, type S3Client, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import { COPY_BYTES } from '../../aws-limits';
import { type S3Object, s3UriOf } from '../../transfer/schemes/s3';
import type { StoredFile } from '../../transfer/store';
import { type Patience, persist } from './attempts';
import { toReadError } from './failures';
import { type MultipartTarget, type OpenUpload, type Part, partSizeOf, partsOf, putParts } from './multipart';

/** Default bytes of a part. A part takes S3 some seconds and uses no bandwidth of the function. */
export const COPY_PART_BYTES = 256 * 1024 ** 2;
const PARTS_AT_ONCE = 16;

/** @throws TransferMismatch when the source is not the listed version any more */
export async function copyWithin(
  client: S3Client,
  from: S3Object,
  expected: StoredFile,
  to: S3Object,
  patience: Patience,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const object = { Bucket: to.bucket, Key: to.key };
  if (expected.size <= COPY_BYTES) {
    const command = new CopyObjectCommand({ ...object, ...originOf(from, expected) });
    const send = () => client.send(command, { abortSignal: patience.signal });
    await persist(patience, () => send().catch(throwReadError(from)));
    return;
  }
  const copyPart = async (part: Part, upload: OpenUpload) => {
    const copied = await copyPartWithin(client, from, expected, object, part, upload, patience);
    onBytes(part.size);
    return copied;
  };
  const parts = partsOf(expected.size, partSizeOf(expected.size, COPY_PART_BYTES));
  await putParts(parts, PARTS_AT_ONCE, copyPart, {
    client,
    object,
    hasChecksums: false,
    patience,
  });
}

/** Copies one part of an object into an upload. @throws TransferMismatch when the source is not the listed version */
export async function copyPartWithin(
  client: S3Client,
  from: S3Object,
  expected: StoredFile,
  object: MultipartTarget['object'],
  { number, offset, size }: Part,
  { uploadId, signal }: OpenUpload,
  patience: Patience,
): Promise<{ ETag: string | undefined }> {
  const command = new UploadPartCopyCommand({
    ...object,
    ...originOf(from, expected),
    UploadId: uploadId,
    PartNumber: number,
    CopySourceRange: `bytes=${offset}-${offset + size - 1}`,
  });
  const send = () => client.send(command, { abortSignal: signal }).catch(throwReadError(from));
  const { CopyPartResult } = await persist({ ...patience, signal }, send);
  return { ETag: CopyPartResult?.ETag };
}

function originOf({ bucket, key }: S3Object, { version }: StoredFile) {
  return { CopySource: `${bucket}/${encodeURIComponent(key)}`, CopySourceIfMatch: version };
}

function throwReadError(from: S3Object) {
  return (error: unknown) => {
    throw toReadError(error, s3UriOf(from));
  };
}
