/** Lists all objects below a prefix of a bucket, in byte order. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { KeyRange } from '../../transfer/keys';
import { isLeftover, RESERVED } from '../../transfer/reserved';
import type { StoredFile } from '../../transfer/store';
import { type ListedObject, requestPage } from './s3-page';
import { RangedListing, type RequestPage } from './s3-ranges';

export interface ListedPrefix {
  readonly bucket: string;
  readonly prefix: string;
  readonly range: KeyRange;
}

/** @throws the error of any page: a listing is complete or fails */
export async function* listPrefix(
  client: S3Client,
  { bucket, prefix, range }: ListedPrefix,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredFile[]> {
  const stop = new AbortController();
  const signals = AbortSignal.any([signal, stop.signal]);
  const request: RequestPage = (input) => requestPage(client, { Bucket: bucket, ...input }, signals);
  try {
    for await (const objects of new RangedListing(prefix, request, range).pages()) {
      signal.throwIfAborted();
      const files = objects.flatMap((object) => toFile(object, prefix));
      if (files.length > 0) yield files;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    // A caller that ends the iteration early needs no more pages.
    stop.abort();
  }
}

function toFile({ key, size, version }: ListedObject, prefix: string): StoredFile[] {
  // Consoles make an object of size 0 with a slash at its end for an empty folder.
  if (size === 0 && key.endsWith('/')) return [];
  const relative = key.slice(prefix.length);
  if (isLeftover(key)) return [{ key: relative, size: 0, unsafe: RESERVED, isReserved: true }];
  return [version === undefined ? { key: relative, size } : { key: relative, size, version }];
}
