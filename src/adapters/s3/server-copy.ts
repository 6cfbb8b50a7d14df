/** Copies within S3: the bytes stay there. */
import { CopyObjectCommand, type S3Client, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import { formatLocation } from '../../transfer/location';
import type { StoredFile } from '../../transfer/store';
import { type Patience, persist } from './attempts';
import { toReadError } from './failures';
import { type OpenUpload, type Part, partSizeOf, partsOf, putParts } from './multipart';
import type { S3Location } from './ranges';

/** "Create a copy of your object up to 5 GB in size in a single atomic action" (S3 API, CopyObject). */
const COPY_BYTES = 5 * 1024 ** 3;
/** Each takes S3 some seconds, and none of our bandwidth. */
const COPY_PART_BYTES = 256 * 1024 ** 2;
const PARTS_AT_ONCE = 16;

/** @throws TransferMismatch when the source is not the listed version any more */
export async function copyWithin(
  client: S3Client,
  from: S3Location,
  expected: StoredFile,
  to: S3Location,
  patience: Patience,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const object = { Bucket: to.bucket, Key: to.key };
  const origin = {
    CopySource: `${from.bucket}/${encodeURIComponent(from.key)}`,
    CopySourceIfMatch: expected.version,
  };
  const asReadError = (error: unknown) => {
    throw toReadError(error, formatLocation(from));
  };
  if (expected.size <= COPY_BYTES) {
    const command = new CopyObjectCommand({ ...object, ...origin });
    await persist(patience, () => client.send(command, { abortSignal: patience.signal }).catch(asReadError));
    return;
  }
  const copyPart = async ({ number, offset, size }: Part, { uploadId, signal }: OpenUpload) => {
    const command = new UploadPartCopyCommand({
      ...object,
      ...origin,
      UploadId: uploadId,
      PartNumber: number,
      CopySourceRange: `bytes=${offset}-${offset + size - 1}`,
    });
    const send = () => client.send(command, { abortSignal: signal }).catch(asReadError);
    const { CopyPartResult } = await persist({ ...patience, signal }, send);
    onBytes(size);
    return { ETag: CopyPartResult?.ETag };
  };
  const parts = partsOf(expected.size, partSizeOf(expected.size, COPY_PART_BYTES));
  await putParts(parts, PARTS_AT_ONCE, copyPart, {
    client,
    object,
    hasChecksums: false,
    patience,
  });
}
