import { LeaseLost } from '../../../src/errors';
import { listDestination, removeStale, staleFiles } from '../../../src/transfer/finish/mirror';
import type { StoredFile } from '../../../src/transfer/store';
import type { Transfer } from '../../../src/transfer/transfer';
import { syncRequest, worldOf } from '../folders';
import { MemoryStore } from '../memory/store';

const { signal } = new AbortController();

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
  for (const key of ['a', 'b/c', 'b/d', 'e/f']) store.objects.set(`s3://bucket/out/${key}`, Buffer.from(key));
});

function transferOf(keys: readonly string[], fields = {}, changes: Partial<Transfer> = {}): Transfer {
  const request = syncRequest({
    source_path: '/in/',
    destination_path: 's3://bucket/out',
    max_concurrency: 1,
    ...fields,
  });
  const { sourcePath: from, destinationPath: to } = request;
  const files = keys.map((key) => ({ key, size: 1 }));
  return { request, source: store, target: store, from, to, files, isFolder: true, ...changes };
}

const existingOf = async (transfer: Transfer) => [...(await listDestination(transfer, signal)).keys()];
const mirror = async (transfer: Transfer, changes = {}) => {
  const world = worldOf({ open: () => store }, changes);
  return removeStale(transfer, await listDestination(transfer, signal), world);
};
const left = () => [...store.objects.keys()].map((uri) => uri.replace('s3://bucket/out/', ''));

describe('the files of the destination', () => {
  test.each([
    ['of a folder are all files below it', {}, ['a', 'b/c', 'b/d', 'e/f']],
    ['are without those below keep_paths', { keep_paths: ['s3://bucket/out/b', '/in'] }, ['a', 'e/f']],
    ['are without a kept file', { keep_paths: ['s3://bucket/out/b/c'] }, ['a', 'b/d', 'e/f']],
    ['are in the key range of the request', { key_range: { after: 'a', up_to: 'b/d' } }, ['b/c', 'b/d']],
  ])('%s', async (_, fields, keys) => {
    expect(await existingOf(transferOf([], fields))).toEqual(keys);
  });

  test('of a single file are this file, or nothing', async () => {
    const file = { isFolder: false };
    expect(await existingOf(transferOf([''], { destination_path: 's3://bucket/out/a' }, file))).toEqual(['']);
    expect(await existingOf(transferOf([''], { destination_path: 's3://bucket/out/x' }, file))).toEqual([]);
  });
});

test('the stale files are those without a source file', async () => {
  const transfer = transferOf(['a', 'b/d', 'new']);
  const stale = staleFiles(transfer, await listDestination(transfer, signal));
  expect(stale.map(({ key }) => key)).toEqual(['b/c', 'e/f']);
});

test('an empty source has no stale files', async () => {
  const transfer = transferOf([]);
  expect(staleFiles(transfer, await listDestination(transfer, signal))).toEqual([]);
});

describe('a mirror', () => {
  test('removes the stale files, then the empty folders', async () => {
    const folders: string[] = [];
    const removeEmptyFolders = async ({ path }: { path: string }) => void folders.push(`${path}: ${left()}`);
    const target = Object.assign(store, { removeEmptyFolders });
    expect(await mirror(transferOf(['a'], {}, { target }))).toBe(true);
    expect(left()).toEqual(['a']);
    expect(folders).toEqual(['out: a']);
  });

  test('without stale files removes nothing', async () => {
    const removeEmptyFolders = jest.fn();
    const target = Object.assign(store, { removeEmptyFolders });
    expect(await mirror(transferOf(['a', 'b/c', 'b/d', 'e/f'], {}, { target }))).toBe(true);
    expect(removeEmptyFolders).not.toHaveBeenCalled();
  });

  test('stops when the time is nearly over', async () => {
    const removeEmptyFolders = jest.fn();
    const target = Object.assign(store, { removeEmptyFolders });
    const time = { remainingMs: () => (store.objects.size > 3 ? 30_000 : 29_999) };
    expect(await mirror(transferOf(['a'], {}, { target }), { time })).toBe(false);
    expect(left()).toEqual(['a', 'b/d', 'e/f']);
    expect(removeEmptyFolders).not.toHaveBeenCalled();
  });

  test('checks the lease before each removal', async () => {
    const mayCommit = async () => {
      if (store.objects.size < 4) throw new LeaseLost('lost');
    };
    await expect(mirror(transferOf(['a'], {}, { mayCommit }))).rejects.toThrow(LeaseLost);
    expect(left()).toEqual(['a', 'b/d', 'e/f']);
  });
});

test('the listing has the size of each file', async () => {
  const existing: ReadonlyMap<string, StoredFile> = await listDestination(transferOf([]), signal);
  expect(existing.get('b/c')).toMatchObject({ key: 'b/c', size: 3 });
});
