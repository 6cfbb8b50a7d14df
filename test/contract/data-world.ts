/** The recorded data: buckets on the S3 endpoint of the tests, and a folder for local files. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { endpoint } from '../api/endpoint';
import type { Sizes, World } from './vectors';
import { withRoot } from './vectors';

interface FoundObject {
  readonly size: number;
  readonly tag: string;
}

/** The recorded buckets and files. Each test gets new local files. Changed buckets are restored. */
export class DataWorld {
  readonly s3Client: S3Client;
  root = '';
  readonly #buckets: Readonly<Record<string, Sizes>>;
  readonly #local: Sizes;

  constructor({ region, buckets = {}, local = {} }: World) {
    this.s3Client = new S3Client({ region, endpoint: endpoint(), forcePathStyle: true });
    this.#buckets = buckets;
    this.#local = local;
  }

  async createBuckets(): Promise<void> {
    for (const Bucket of Object.keys(this.#buckets))
      await this.s3Client.send(
        new CreateBucketCommand({
          Bucket,
          CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
        }),
      );
  }

  async removeBuckets(): Promise<void> {
    for (const bucket of Object.keys(this.#buckets)) {
      await this.#mend(bucket, {});
      await this.s3Client.send(new DeleteBucketCommand({ Bucket: bucket }));
    }
  }

  /** Restores the recorded data. */
  async restore(): Promise<void> {
    for (const [bucket, objects] of Object.entries(this.#buckets)) await this.#mend(bucket, objects);
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'contract-')));
    for (const [path, size] of Object.entries(withRoot(this.#local, this.root))) plantFile(path, size);
  }

  removeLocal(): void {
    rmSync(this.root, { recursive: true });
  }

  /** Creates a file or an object. @param place an `s3://` uri or a path */
  async plant(place: string, content: number | string): Promise<void> {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(place) ?? [];
    if (bucket === undefined || key === undefined) plantFile(place, Number(content));
    else await this.#put(bucket, key, typeof content === 'string' ? content : contentOf(key, content));
  }

  /** Returns the bytes of each file: of a bucket by key, or of a folder of the root by path. */
  async sizesIn(place: string): Promise<Sizes> {
    if (!(place in this.#buckets)) return filesBelow(join(this.root, place));
    const found = await this.#list(place);
    return Object.fromEntries(Array.from(found, ([key, { size }]) => [key, size]));
  }

  async readJson(bucket: string, key: string): Promise<unknown> {
    const { Body } = await this.s3Client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return JSON.parse((await Body?.transformToString()) ?? '');
  }

  async #mend(bucket: string, wanted: Sizes): Promise<void> {
    const found = await this.#list(bucket);
    for (const key of found.keys())
      if (!(key in wanted)) await this.s3Client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    for (const [key, size] of Object.entries(wanted)) {
      const content = contentOf(key, size);
      if (found.get(key)?.tag !== tagOf(content)) await this.#put(bucket, key, content);
    }
  }

  async #put(Bucket: string, Key: string, Body: string): Promise<void> {
    // The SDK warns about an empty text, because it does not know the length.
    await this.s3Client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body) }));
  }

  async #list(bucket: string): Promise<ReadonlyMap<string, FoundObject>> {
    const found = new Map<string, FoundObject>();
    for await (const page of paginateListObjectsV2({ client: this.s3Client }, { Bucket: bucket }))
      for (const { Key = '', Size = 0, ETag = '' } of page.Contents ?? [])
        found.set(Key, { size: Size, tag: ETag });
    return found;
  }
}

export function filesBelow(folder: string): Record<string, number> {
  const entries = readFolder(folder).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, statSync(path).size];
    }),
  );
}

function readFolder(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch {
    return [];
  }
}

function plantFile(path: string, size: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contentOf(path, size));
}

/** Returns other bytes for each name, so that no two files are equal. */
function contentOf(name: string, size: number): string {
  const seed = createHash('sha256').update(name).digest('hex');
  return seed.repeat(Math.ceil(size / seed.length)).slice(0, size);
}

function tagOf(content: string): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}
