/** Puts the inputs of the scenarios into S3, and removes the data of a run. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Tier } from './tiers/model';

const EXAMPLE = 'examples/penguins/s3';
const AT_ONCE = 20;

type Data = Tier['data'];

/** Uploads the buckets of the example as folders, and one small file. */
export async function seedData(s3: S3Client, data: Data): Promise<void> {
  const files = readdirSync(EXAMPLE, { withFileTypes: true, recursive: true }).filter((each) =>
    each.isFile(),
  );
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  const example = paths.map((path) => [relative(EXAMPLE, path), readFileSync(path)] as const);
  await putAll(s3, data, [['in', 'data\n'], ...example]);
}

/** @param objects contents by their keys below the prefix */
export async function putAll(
  s3: S3Client,
  { bucket, prefix }: Data,
  objects: readonly (readonly [string, string | Buffer])[],
): Promise<void> {
  for (let first = 0; first < objects.length; first += AT_ONCE) {
    const put = objects
      .slice(first, first + AT_ONCE)
      .map(([key, Body]) => s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}${key}`, Body })));
    await Promise.all(put);
  }
}

/** Removes all versions of the objects: the stack's own bucket keeps old versions. */
export async function removeData(s3: S3Client, { bucket, prefix }: Data): Promise<void> {
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (found.length === 0) return;
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    if (Errors.length > 0)
      throw new Error(`s3://${bucket}/${prefix} is not empty: ${Errors[0]?.Key}, ${Errors[0]?.Message}`);
  }
}
