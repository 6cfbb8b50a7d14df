/** Trees of files of all sizes on both sides, identified by their ETags: one listing of S3 has all of them. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { S3Store } from '../../src/adapters/s3/s3-store';
import { isLeftover } from '../../src/transfer/reserved';
import { s3Location } from '../../src/transfer/schemes/s3';

const MIB = 1024 ** 2;
const PART_BYTES = 8 * MIB;
export type Content = ReadonlyMap<string, Buffer>;
/** The ETag of each key's content, from one request or in parts as a transfer uploads it. */
export type Tags = ReadonlyMap<string, string>;

/** Returns sixty files: empty files, small files, files above one write, and one file of two parts or ranges. */
export function contentOf(version: string): Content {
  const sizes = Array.from({ length: 60 }, (_, index) => {
    if (index === 20) return PART_BYTES + 1;
    return index % 9 === 5 ? 300_000 + index : index === 1 ? 0 : index * 57 + 1;
  });
  return new Map(
    sizes.map((size, index) => [`d${index % 7}/f-${index}`, bytesOf(`${version}-${index}`, size)]),
  );
}

function bytesOf(seed: string, size: number): Buffer {
  const block = createHash('sha512').update(seed).digest();
  return Buffer.alloc(size, Buffer.concat([block, Buffer.from(seed)]));
}

export function pick(content: Content, every: number): Content {
  return new Map([...content].filter((_, index) => index % every === 0));
}

export function tagsOf(content: Content): Tags {
  return new Map([...content].map(([key, bytes]) => [key, tagOf(bytes)]));
}

function tagOf(bytes: Buffer): string {
  const md5 = (part: Buffer) => createHash('md5').update(part).digest();
  if (bytes.length <= PART_BYTES) return md5(bytes).toString('hex');
  const starts = Array.from(
    { length: Math.ceil(bytes.length / PART_BYTES) },
    (_, index) => index * PART_BYTES,
  );
  const parts = starts.map((from) => md5(bytes.subarray(from, from + PART_BYTES)));
  return `${md5(Buffer.concat(parts)).toString('hex')}-${parts.length}`;
}

export function plantFolder(root: string, content: Content): void {
  for (const [key, bytes] of content) {
    mkdirSync(dirname(join(root, key)), { recursive: true });
    writeFileSync(join(root, key), bytes);
  }
}

/** Returns all names in a folder, also names of leftovers. */
export function folderNames(root: string): string[] {
  const entries = readdirSync(root, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

export function folderTags(root: string): Tags {
  const keys = folderNames(root).filter((key) => !isLeftover(key));
  return new Map(keys.map((key) => [key, tagOf(readFileSync(join(root, key)))]));
}

/** Uploads large files in parts, so their ETags are the ETags of a transfer. */
export async function plantBucket(client: S3Client, bucket: string, prefix: string, content: Content) {
  const store = new S3Store(client);
  const { signal } = new AbortController();
  const put = ([key, bytes]: [string, Buffer]) =>
    store.write(s3Location(bucket, `${prefix}${key}`), Readable.from([bytes]), bytes.length, signal);
  await Promise.all([...content].map(put));
}

export async function bucketTags(client: S3Client, Bucket: string, Prefix: string): Promise<Tags> {
  const tags = new Map<string, string>();
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
    for (const { Key = '', ETag = '' } of Contents)
      if (!isLeftover(Key)) tags.set(Key.slice(Prefix.length), ETag.replaceAll('"', ''));
  return tags;
}
