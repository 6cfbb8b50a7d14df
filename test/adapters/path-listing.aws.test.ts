import { chmodSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { pathListing } from '../../src/adapters/path-listing';
import { FileSystemNotMounted, UnsafePath } from '../../src/errors';
import type { PathEntry } from '../../src/paths/entries';
import { parseLocation } from '../../src/transfer/location';
import { endpoint } from '../api/endpoint';
import { plant, useFolder } from '../transfer/folders';

const folder = useFolder();
const signal = new AbortController().signal;
const region = 'us-west-2';
const s3Client = new S3Client({ region, endpoint: endpoint(), forcePathStyle: true });

async function list(text: string, stop = signal): Promise<PathEntry[]> {
  const mounts = [{ path: join(folder.path, 'mnt'), fileSystemId: 'fs-1', root: '/scratch' }];
  const found: PathEntry[] = [];
  for await (const entry of pathListing(s3Client, mounts).list(parseLocation(text), stop)) found.push(entry);
  return found.sort((one, other) => (one.key < other.key ? -1 : 1));
}
const keysOf = async (text: string) => (await list(text)).map(({ key }) => key);

describe('a mounted file system', () => {
  beforeEach(() => plant(folder.path, { 'mnt/a/1': '1', 'mnt/a/b/2': '22', 'mnt/c': '333', 'out/s': '4' }));

  test('is listed by its id and by its local path', async () => {
    expect(await keysOf('fs-1:/scratch')).toEqual(['a/1', 'a/b/2', 'c']);
    expect(await keysOf(`${folder.path}/mnt/a/`)).toEqual(['1', 'b/2']);
  });

  test('lists a file with its size and time', async () => {
    utimesSync(join(folder.path, 'mnt/c'), 1_700_000_000, 1_700_000_000);
    expect(await list('fs-1:/scratch/c')).toEqual([{ key: '', size: 3, modified: 1_700_000_000_000_000 }]);
  });

  test('lists nothing for a missing path', async () => {
    expect(await list('fs-1:/scratch/absent/deeper')).toEqual([]);
  });

  test('lists an empty folder as such', async () => {
    mkdirSync(join(folder.path, 'mnt/a/empty'));
    expect(await list('fs-1:/scratch/a/empty')).toMatchObject([{ key: '/', isEmptyFolder: true }]);
    expect(await list('fs-1:/scratch/a')).toContainEqual(
      expect.objectContaining({ key: 'empty/', isEmptyFolder: true }),
    );
  });

  test('lists links as entries, and never follows them', async () => {
    symlinkSync('../out', join(folder.path, 'mnt/link'));
    symlinkSync('..', join(folder.path, 'mnt/a/loop'));
    expect(await keysOf('fs-1:/scratch')).toEqual(['a/1', 'a/b/2', 'a/loop', 'c', 'link']);
    expect(await list('fs-1:/scratch/link')).toMatchObject([{ key: '', size: '../out'.length }]);
    await expect(list('fs-1:/scratch/link/s')).rejects.toThrow(UnsafePath);
  });

  test('does not list records of readers', async () => {
    plant(folder.path, { 'mnt/.demand.leases/readers/x': '1' });
    expect(await keysOf('fs-1:/scratch')).toEqual(['a/1', 'a/b/2', 'c']);
  });

  test('lists a name that is not UTF-8 as unreadable', async () => {
    const name = Buffer.concat([Buffer.from(join(folder.path, 'mnt/a/')), Buffer.from([0xff])]);
    mkdirSync(name);
    expect(await list('fs-1:/scratch/a')).toContainEqual(
      expect.objectContaining({ unreadable: 'has a name that is not UTF-8' }),
    );
  });

  test('lists a folder without the right to read as unreadable', async () => {
    // Root may read every folder.
    const isRoot = process.getuid?.() === 0;
    chmodSync(join(folder.path, 'mnt/a/b'), 0);
    const found = await list('fs-1:/scratch/a');
    chmodSync(join(folder.path, 'mnt/a/b'), 0o755);
    expect(found.some(({ unreadable }) => unreadable !== undefined)).toBe(!isRoot);
  });

  test('refuses paths outside of it', async () => {
    await expect(list(`${folder.path}/out`)).rejects.toThrow(FileSystemNotMounted);
    await expect(list('fs-1:/scratch/../out')).rejects.toThrow(UnsafePath);
  });

  test('ends after an abort', async () => {
    await expect(list('fs-1:/scratch', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

describe('a bucket', () => {
  const Bucket = 'path-listing';
  const keys = ['run1/a', 'run1/', 'run10/a', 'run1b', 'single'];
  beforeAll(async () => {
    const CreateBucketConfiguration = { LocationConstraint: region } as const;
    await s3Client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    for (const Key of keys) await s3Client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  });
  afterAll(async () => {
    for (const Key of keys) await s3Client.send(new DeleteObjectCommand({ Bucket, Key }));
    await s3Client.send(new DeleteBucketCommand({ Bucket }));
  });

  test.each([
    ['run1', ['', 'a']],
    ['run1/', ['', 'a']],
    ['run', []],
    ['single', ['']],
    ['', [...keys].sort()],
  ])('"%s": whole names, markers among them', async (key, expected) => {
    expect(await keysOf(`s3://${Bucket}/${key}`)).toEqual(expected);
  });

  test('objects have sizes and times', async () => {
    const [entry] = await list(`s3://${Bucket}/single`);
    expect(entry).toMatchObject({ key: '', size: 6 });
    expect(Math.abs((entry?.modified ?? 0) / 1_000 - Date.now())).toBeLessThan(600_000);
  });
});
