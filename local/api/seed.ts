/** Makes buckets with objects for a new local API. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/**
 * Makes buckets and puts the files of a folder into them.
 *
 * @param folder has a folder for each bucket; the paths in it are the keys
 * @returns the number of objects
 */
export async function seedBuckets(
  { folder, buckets }: { readonly folder?: string | undefined; readonly buckets: readonly string[] },
  client: S3Client,
): Promise<number> {
  const seeded = folder === undefined ? [] : await foldersOf(folder);
  for (const bucket of new Set([...buckets, ...seeded]))
    await client.send(new CreateBucketCommand({ Bucket: bucket })).catch(unlessOurs);
  let objects = 0;
  for (const bucket of folder === undefined ? [] : seeded) {
    const root = join(folder as string, bucket);
    for (const path of await filesOf(root)) {
      const ContentLength = (await stat(path)).size;
      const Key = relative(root, path);
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key, Body: createReadStream(path), ContentLength }),
      );
      objects++;
    }
  }
  return objects;
}

function unlessOurs(error: Error): void {
  if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
}

async function foldersOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((each) => each.isDirectory()).map(({ name }) => name);
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((each) => each.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
