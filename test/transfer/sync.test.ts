import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { FileStore } from '../../src/adapters/files/file-store';
import { DataSourceMissing, FilterMatchesNothing, UnsafePath } from '../../src/errors';
import { formatLocation } from '../../src/transfer/location';
import { localLocation } from '../../src/transfer/schemes/file-systems';
import { S3, s3Location } from '../../src/transfer/schemes/s3';
import { finishSync, syncData } from '../../src/transfer/sync';
import { Fault, faultyStores } from './faulty-store';
import { folderStores, harvest, plant, syncRequest, type Tree, useFolder, worldOf } from './folders';

const folder = useFolder();
const NESTED: Tree = { 'a/1': '1', 'a/x/2': '22', 'b-c': '333', c: '4444' };
const TOTALS = { filesTransferred: 4, bytesTransferred: 10 };

const bucket = () => join(folder.path, 's3/bucket');
const destination = () => harvest(join(folder.path, 'dst'));
const world = (changes = {}) => worldOf(folderStores(folder.path), changes);
const request = (fields = {}) =>
  syncRequest({ source_path: 's3://bucket/nested/', destination_path: `${folder.path}/dst`, ...fields });
const sync = (fields = {}, changes = {}) => syncData(request(fields), undefined, world(changes));

beforeEach(() => plant(join(bucket(), 'nested'), NESTED));

test('copies a prefix to a folder', async () => {
  expect(await sync()).toEqual({ status: 'DONE', ...TOTALS });
  expect(destination()).toEqual(NESTED);
  expect(harvest(join(bucket(), 'nested'))).toEqual(NESTED);
});

test('reports after each file', async () => {
  const at = world();
  await syncData(request({ max_concurrency: 1 }), undefined, at);
  expect(at.progress.map(({ filesDone, bytesDone }) => [filesDone, bytesDone])).toEqual([
    [1, 1],
    [2, 3],
    [3, 6],
    [4, 10],
  ]);
  expect(at.progress[0]).toMatchObject({ filesTotal: 4, bytesTotal: 10 });
});

test('reports bytes before a large file is whole', async () => {
  const size = 3 * 1024 ** 2;
  plant(bucket(), { large: 'x'.repeat(size) });
  const at = worldOf(faultyStores(folderStores(folder.path), { calls: [] }));
  await syncData(
    request({ source_path: 's3://bucket/large', destination_path: `${folder.path}/dst/large` }),
    undefined,
    at,
  );
  const bytes = at.progress.map(({ bytesDone }) => bytesDone);
  expect(bytes).toEqual(bytes.toSorted((one, other) => one - other));
  expect(bytes.some((done) => done > 0 && done < size)).toBe(true);
  expect(at.progress.at(-1)).toEqual({ filesDone: 1, filesTotal: 1, bytesDone: size, bytesTotal: size });
});

describe('one file', () => {
  test.each([
    ['dst/renamed', 'renamed'],
    ['dst/', 'c'],
  ])('to %s', async (path, key) => {
    plant(join(folder.path, 'dst'), { other: 'o' });
    await sync({ source_path: 's3://bucket/nested/c', destination_path: join(folder.path, path) });
    expect(destination()).toEqual({ [key]: '4444', other: 'o' });
  });
});

describe('with files at the destination', () => {
  beforeEach(() =>
    plant(join(folder.path, 'dst'), { c: 'same', 'a/1': 'other size', stale: 's', 'a/old/x': 'x' }),
  );

  test('a mirror removes the files that the source does not have', async () => {
    await sync();
    expect(destination()).toEqual(NESTED);
  });

  test('a mirror removes the files that the filters exclude', async () => {
    await sync({ filter_config: { include: ['a/.*'] } });
    expect(destination()).toEqual({ 'a/1': '1', 'a/x/2': '22' });
  });

  test('without delete these files stay', async () => {
    await sync({ delete: false });
    expect(destination()).toEqual({ ...NESTED, stale: 's', 'a/old/x': 'x' });
  });

  test('size_only skips files of the same size', async () => {
    expect(await sync({ size_only: true })).toMatchObject({ filesTransferred: 3, bytesTransferred: 6 });
    expect(destination()).toEqual({ ...NESTED, c: 'same' });
  });

  test('force copies files of the same size', async () => {
    expect(await sync({ size_only: true, force: true })).toMatchObject(TOTALS);
    expect(destination()).toEqual(NESTED);
  });

  test('a mirror spares the files of another output', async () => {
    await sync({ keep_paths: [`${folder.path}/dst/a/old`] });
    expect(destination()).toEqual({ ...NESTED, 'a/old/x': 'x' });
  });

  test('a mirror of an empty source removes nothing', async () => {
    const none = { filter_config: { include: 'none' }, fail_if_missing: false };
    expect(await sync(none)).toEqual({ status: 'DONE', filesTransferred: 0, bytesTransferred: 0 });
    expect(await sync({ source_path: 's3://bucket/absent/', fail_if_missing: false })).toMatchObject({
      status: 'DONE',
    });
    expect(Object.keys(destination())).toEqual(['a/1', 'a/old/x', 'c', 'stale']);
  });

  test('a mirror removes nothing when the listing of the source fails at its end', async () => {
    const calls: string[] = [];
    const stores = folderStores(folder.path);
    await syncData(request(), undefined, worldOf(faultyStores(stores, { calls })));
    const failAt = calls.indexOf('list-end s3://bucket/nested/');
    plant(join(folder.path, 'dst'), { stale: 's' });
    const broken = worldOf(faultyStores(stores, { calls: [], failAt }));
    await expect(syncData(request(), undefined, broken)).rejects.toThrow(Fault);
    expect(destination()).toMatchObject({ stale: 's' });
  });
});

describe('refused before anything is written', () => {
  afterEach(() => expect(destination()).toEqual({}));

  test('an absent source', async () => {
    await expect(sync({ source_path: 's3://bucket/absent/' })).rejects.toThrow(DataSourceMissing);
    await expect(
      sync({ source_path: `${folder.path}/absent`, destination_path: 's3://bucket/o/' }),
    ).rejects.toThrow(`There is nothing at ${folder.path}/absent`);
  });

  test('filters that match nothing', async () => {
    await expect(sync({ filter_config: { include: ['x'] } })).rejects.toThrow(FilterMatchesNothing);
  });

  test('keys that the destination cannot store, all in one error', async () => {
    const long = 'x'.repeat(200);
    const stores = folderStores(folder.path);
    plant(join(bucket(), 'bad'), { fine: '1', [`${long}/y`]: '1' });
    const listing = ['../escape', 'a//b', 'fine', 'fine/too'];
    const store = stores.open(s3Location('bucket', ''));
    const hostile = Object.assign(Object.create(store), {
      async *list() {
        for (const key of listing) yield { key, size: 1 };
      },
    });
    const at = worldOf({ open: (location) => (location.scheme === S3 ? hostile : stores.open(location)) });
    const refused = syncData(request(), undefined, at);
    await expect(refused).rejects.toThrow(UnsafePath);
    await expect(refused).rejects.toThrow(/"..\/escape".*"a\/\/b".*"fine" is both a file and a folder/);
  });

  test('a link in the source that leads outside', async () => {
    plant(folder.path, { 'out/fine': '1', secret: 's' });
    symlinkSync('../secret', join(folder.path, 'out/link'));
    const upload = { source_path: `${folder.path}/out`, destination_path: 's3://bucket/o/' };
    await expect(sync(upload)).rejects.toThrow('"link" is a symbolic link that leads outside');
    expect(harvest(join(bucket(), 'o'))).toEqual({});
    await sync({ ...upload, filter_config: { exclude: 'link' } });
    expect(harvest(join(bucket(), 'o'))).toEqual({ fine: '1' });
  });

  test.each([
    ['s3://bucket/nested/a/', 's3://bucket/nested/', {}],
    ['s3://bucket/nested/', 's3://bucket/nested/a/', {}],
    ['s3://bucket/nested/', 's3://bucket/nested', { delete: false, retain_source_data: false }],
  ])('%s and %s overlap', async (source_path, destination_path, fields) => {
    await expect(sync({ source_path, destination_path, ...fields })).rejects.toThrow('overlap');
    expect(harvest(join(bucket(), 'nested'))).toEqual(NESTED);
  });

  test('a filter root that does not hold the source', async () => {
    await expect(
      sync({ filter_root: 's3://bucket/other/', filter_config: { include: 'a' } }),
    ).rejects.toThrow('does not hold the source');
  });
});

test('filters see paths relative to the filter root', async () => {
  const root = { filter_root: 's3://bucket/', filter_config: { include: 'nested/a/x/.*' } };
  await sync({ ...root, source_path: 's3://bucket/nested/a/' });
  expect(destination()).toEqual({ 'x/2': '22' });
});

describe('when the time is nearly over', () => {
  /** Returns a call time that suffices for this number of files. */
  const timeFor = (files: number) => {
    let left = files;
    return { time: { remainingMs: () => (left-- > 0 ? 30_000 : 29_999) } };
  };

  test('the call stops, and the next call resumes at the cursor', async () => {
    plant(join(folder.path, 'dst'), { stale: 's' });
    const first = await sync({ max_concurrency: 1 }, timeFor(2));
    expect(first).toEqual({
      status: 'INCOMPLETE',
      cursor: 'a/x/2',
      filesTransferred: 2,
      bytesTransferred: 3,
    });
    expect(destination()).toEqual({ 'a/1': '1', 'a/x/2': '22', stale: 's' });
    const second = await syncData(request(), first.cursor, world());
    expect(second).toEqual({ status: 'DONE', filesTransferred: 2, bytesTransferred: 7 });
    expect(destination()).toEqual(NESTED);
  });

  test('a call without time for one file returns the cursor that it got', async () => {
    const stopped = await syncData(request(), 'a/1', world(timeFor(0)));
    expect(stopped).toMatchObject({ status: 'INCOMPLETE', cursor: 'a/1' });
    expect(await sync({}, timeFor(0))).toEqual({
      status: 'INCOMPLETE',
      filesTransferred: 0,
      bytesTransferred: 0,
    });
  });

  async function moveInCalls(filesEach: number, calls: number): Promise<void> {
    plant(join(folder.path, 'dst'), { stale: 's', 'stale-2': 's' });
    plant(join(folder.path, 'out'), NESTED);
    const moving = request({
      retain_source_data: false,
      source_path: `${folder.path}/out`,
      max_concurrency: 1,
    });
    let cursor: string | undefined;
    for (let call = 0; call < calls; call++) {
      const outcome = await syncData(moving, cursor, world(timeFor(filesEach)));
      if (outcome.status === 'DONE') return;
      cursor = outcome.cursor;
    }
  }

  test.each([4, 5, 6, 7, 100])('a move in calls of %i files each moves all files', async (filesEach) => {
    await moveInCalls(filesEach, 10);
    expect(harvest(join(folder.path, 'out'))).toEqual({});
    expect(destination()).toEqual(NESTED);
  });

  test.each([1, 2, 3, 4, 5, 6])('a move that stops after %i calls has lost no file', async (calls) => {
    await moveInCalls(4, calls);
    expect({ ...harvest(join(folder.path, 'out')), ...destination() }).toMatchObject(NESTED);
  });
});

test('an aborted signal stops the transfer and leaves no half-written file', async () => {
  const stop = new AbortController();
  const at = world({ signal: stop.signal, report: () => stop.abort(new Error('cancelled')) });
  await expect(syncData(request({ max_concurrency: 1 }), undefined, at)).rejects.toThrow('cancelled');
  expect(destination()).toEqual({ 'a/1': '1' });
});

test('an error of a store names the file', async () => {
  const failing = { calls: [] as string[], failAt: 3 };
  const at = worldOf(faultyStores(folderStores(folder.path), failing));
  await expect(
    syncData(request({ max_concurrency: 1, force: true, delete: false }), undefined, at),
  ).rejects.toThrow(`(copying s3://bucket/nested/a/1 to ${folder.path}/dst/a/1)`);
});

test('finishSync mirrors and removes the source of a transfer in batches', async () => {
  plant(join(folder.path, 'dst'), { ...NESTED, stale: 's' });
  expect(await finishSync(request({ retain_source_data: false }), world())).toMatchObject({ status: 'DONE' });
  expect(destination()).toEqual(NESTED);
  expect(harvest(join(bucket(), 'nested'))).toEqual({});
});

test('a deadline stops the copy of a file, and the next call copies the file', async () => {
  const soon = new AbortController();
  const stores = folderStores(folder.path);
  const target = stores.open(localLocation(folder.path)) as FileStore;
  const copyFrom = target.copyFrom.bind(target);
  // The copy of the second file never ends. The deadline comes after the copy of the first file.
  const first = Promise.withResolvers<void>();
  const stuck = jest.spyOn(target, 'copyFrom').mockImplementation(async (source, from, file, to, signal) => {
    const isFirst = formatLocation(from).endsWith('a/1');
    if (!formatLocation(from).endsWith('a/x/2'))
      return copyFrom(source, from, file, to, signal).finally(isFirst ? first.resolve : undefined);
    void first.promise.then(() => setTimeout(() => soon.abort(new Error('time is up')), 20));
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const outcome = await syncData(
    request(),
    undefined,
    worldOf(stores, { time: { remainingMs: () => 900_000, deadline: soon.signal } }),
  );
  stuck.mockRestore();
  expect(outcome).toMatchObject({ status: 'INCOMPLETE', cursor: 'a/1' });
  expect((await syncData(request(), outcome.cursor, worldOf(stores))).status).toBe('DONE');
  expect(destination()).toEqual(NESTED);
});
