import { join } from 'node:path';
import { UnsafePath } from '../../src/errors';
import { textOf } from '../../src/transfer/location';
import type { StoredFile } from '../../src/transfer/store';
import {
  destinationOf,
  forEachFile,
  openTransfer,
  refuseLosses,
  refuseUnreadable,
  sourceOf,
  type Transfer,
} from '../../src/transfer/transfer';
import { folderStores, plant, syncRequest, useFolder, worldOf } from './folders';

const folder = useFolder();
beforeEach(() => plant(join(folder.path, 'in'), { 'a/1': '1', b: '22' }));

const open = (fields = {}, listed?: readonly StoredFile[]) =>
  openTransfer(
    syncRequest({ source_path: `${folder.path}/in`, destination_path: 's3://bucket/out/', ...fields }),
    worldOf(folderStores(folder.path)),
    listed,
  );
const endsOf = (transfer: Transfer) => [
  textOf(transfer.to),
  ...transfer.files.map((file) => [textOf(sourceOf(transfer, file)), textOf(destinationOf(transfer, file))]),
];

describe('an open transfer', () => {
  test('of a folder has the files below both ends', async () => {
    const transfer = await open();
    expect(transfer.isFolder).toBe(true);
    expect(endsOf(transfer)).toEqual([
      's3://bucket/out/',
      [`${folder.path}/in/a/1`, 's3://bucket/out/a/1'],
      [`${folder.path}/in/b`, 's3://bucket/out/b'],
    ]);
  });

  test('of a file has its name in a destination folder, and a new name otherwise', async () => {
    const file = { source_path: `${folder.path}/in/b` };
    expect(endsOf(await open(file))[0]).toBe('s3://bucket/out/b');
    expect(endsOf(await open({ ...file, destination_path: 's3://bucket/c' }))[0]).toBe('s3://bucket/c');
    expect((await open(file)).isFolder).toBe(false);
  });

  test('has the listed files without a second listing', async () => {
    const listed = [{ key: 'x', size: 7 }];
    expect((await open({ source_path: '/absent' }, listed)).files).toBe(listed);
  });

  test('refuses files that cannot be read, before keys that cannot be stored', async () => {
    const link = { key: 'link', size: 0, unsafe: 'is a link' };
    const long = { key: 'x'.repeat(1025), size: 0 };
    const { path } = folder;
    await expect(open({}, [link, long])).rejects.toThrow(
      `1 key(s) of ${path}/in cannot be read: "link" is a`,
    );
    await expect(open({}, [long])).rejects.toThrow('cannot be stored below s3://bucket/out/');
  });
});

test('files that cannot be read are all named', async () => {
  const transfer = await open();
  const files = ['x', 'y'].map((key) => ({ key, size: 0, unsafe: 'is a pipe' }));
  expect(() => refuseUnreadable({ ...transfer, files })).toThrow(UnsafePath);
  expect(() => refuseUnreadable({ ...transfer, files })).toThrow('"x" is a pipe; "y" is a pipe');
  expect(() => refuseUnreadable(transfer)).not.toThrow();
});

describe('an overlap', () => {
  const mounts = [{ path: '/mnt/efs', fileSystemId: 'fs-1', root: '/' }];

  async function overlap(source_path: string, destination_path: string, fields = {}) {
    const request = syncRequest({ source_path, destination_path, ...fields });
    const world = { ...worldOf(folderStores(folder.path)), settings: { mounts } };
    const { sourcePath: from, destinationPath: to } = request;
    return refuseLosses({ request, from, to, isFolder: true }, world);
  }

  test.each([
    ['s3://bucket/a', 's3://bucket/a/b'],
    ['s3://bucket/a/b', 's3://bucket/a'],
    ['/a', '/a/'],
    ['fs-1:/a', '/mnt/efs/a/b'],
    ['/mnt/efs', 'fs-1:/a'],
  ])('of %s and %s is refused for a mirror and for a move', async (from, to) => {
    await expect(overlap(from, to)).rejects.toThrow(`${from} and ${to} overlap`);
    await expect(overlap(from, to, { delete: false, retain_source_data: false })).rejects.toThrow(UnsafePath);
  });

  test.each([
    ['s3://bucket/a', 's3://bucket/a-b'],
    ['s3://bucket/a', 's3://other/a'],
    ['fs-1:/a', 'fs-2:/a'],
    ['fs-2:/a', '/mnt/efs/a'],
  ])('of %s and %s does not exist', async (from, to) => {
    await expect(overlap(from, to, { retain_source_data: false })).resolves.toBeUndefined();
  });

  test('is harmless for a copy that removes nothing', async () => {
    await expect(overlap('/a', '/a/b', { delete: false })).resolves.toBeUndefined();
  });
});

describe('a volume', () => {
  const settings = {
    mounts: [
      { path: '/mnt/efs', fileSystemId: 'fs-1', root: '/' },
      { path: '/mnt/efs/scratch', fileSystemId: 'fs-1', root: '/scratch', isVolume: true as const },
    ],
  };
  const refuse = (from: string, to: string, fields = {}, isFolder = true) => {
    const request = syncRequest({ source_path: from, destination_path: to, delete: false, ...fields });
    const ends = { request, from: request.sourcePath, to: request.destinationPath, isFolder };
    refuseLosses(ends, { ...worldOf(folderStores(folder.path)), settings });
  };
  const places = ['fs-1:/scratch', 'fs-1:/', '/mnt/efs/scratch/', '/mnt/efs', '/mnt'];

  test.each(places)('at or in %s is no destination of a mirror and no source of a move', (place) => {
    expect(() => refuse('s3://bucket/a', place, { delete: true })).toThrow(
      `${place} is or contains a whole volume`,
    );
    expect(() => refuse(place, 's3://bucket/a', { retain_source_data: false })).toThrow(UnsafePath);
    refuse('s3://bucket/a', place);
    refuse(place, 's3://bucket/a', { delete: true });
    refuse('s3://bucket/a', place, { delete: true }, false);
  });

  test.each(['fs-1:/scratch/one', 'fs-1:/other', '/mnt/efs/scratch-2'])('is not at %s', (place) => {
    refuse('s3://bucket/a', place, { delete: true });
    refuse(place, 's3://bucket/a', { retain_source_data: false });
  });
});

describe('a task for each file', () => {
  const files = Array.from({ length: 5 }, (_, index) => ({ key: String(index), size: 1 }));

  async function run(task: (key: string) => void, changes = {}, maxConcurrency = 1) {
    const transfer = await open({ max_concurrency: maxConcurrency });
    const world = worldOf(folderStores(folder.path), changes);
    return forEachFile(transfer, files, async ({ key }) => task(key), world);
  }

  test('runs for all files', async () => {
    const keys: string[] = [];
    expect(await run((key) => keys.push(key), {}, 3)).toBe(true);
    expect(keys.toSorted()).toEqual(['0', '1', '2', '3', '4']);
  });

  test('is not started when the time is nearly over', async () => {
    const keys: string[] = [];
    const time = { remainingMs: () => (keys.length < 2 ? 30_000 : 29_999) };
    expect(await run((key) => keys.push(key), { time })).toBe(false);
    expect(keys).toEqual(['0', '1']);
  });

  test('is stopped by the deadline', async () => {
    const deadline = new AbortController();
    const time = { remainingMs: () => 900_000, deadline: deadline.signal };
    const isDone = run((key) => key === '1' && deadline.abort(), { time });
    expect(await isDone).toBe(false);
  });

  test('has its error thrown', async () => {
    const fail = () => {
      throw new Error('EIO');
    };
    await expect(run(fail)).rejects.toThrow('EIO');
  });
});
