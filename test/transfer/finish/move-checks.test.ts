/** The checks of a move before it removes its source, each on stores in memory. */
import { TransferMismatch } from '../../../src/errors';
import { isSourceWhole, refuseChangedSource, removeSource } from '../../../src/transfer/finish/move';
import { isMarked, writeMark } from '../../../src/transfer/finish/moved-mark';
import { sourceStateOf } from '../../../src/transfer/source';
import type { StoredFile } from '../../../src/transfer/store';
import type { Transfer } from '../../../src/transfer/transfer';
import { withoutEmpty } from '../../../src/wire/json';
import { syncRequest, worldOf } from '../folders';
import { MemoryStore } from '../memory/store';

const { signal } = new AbortController();
const KEYS = ['a', 'b/c', 'b/d', 'e'];

let source: MemoryStore;
let target: MemoryStore;
beforeEach(() => {
  source = new MemoryStore();
  target = new MemoryStore();
  for (const key of KEYS) {
    source.objects.set(`s3://bucket/in/${key}`, Buffer.from(key));
    target.objects.set(`s3://bucket/out/${key}`, Buffer.from(key));
  }
});

async function folderMove(): Promise<Transfer> {
  const request = syncRequest({
    source_path: 's3://bucket/in/',
    destination_path: 's3://bucket/out/',
    retain_source_data: false,
    max_concurrency: 1,
  });
  const { sourcePath: from, destinationPath: to } = request;
  const files: StoredFile[] = [];
  for await (const file of source.list(from, signal)) files.push(file);
  return { request, source, target, from, to, files, isFolder: true };
}

async function fileMove(): Promise<Transfer> {
  const request = syncRequest({ source_path: 's3://bucket/in/a', destination_path: 's3://bucket/out/a' });
  const { sourcePath: from, destinationPath: to } = request;
  const file = await source.stat(from);
  return { request, source, target, from, to, files: file === undefined ? [] : [file], isFolder: false };
}

const world = (changes = {}) => worldOf({ open: () => source }, changes);
const left = () => [...source.objects.keys()].map((uri) => uri.replace('s3://bucket/in/', ''));
const moves = [
  ['a folder', folderMove],
  ['a single file', fileMove],
] as const;

describe.each(moves)('the move of %s', (_, move) => {
  test('removes the files of the source, and leaves no mark', async () => {
    const transfer = await move();
    expect(await removeSource(transfer, world())).toBe(true);
    expect(left()).toEqual(KEYS.slice(transfer.files.length));
  });

  test.each([
    ['is missing at', undefined, 's3://bucket/out/a has no of 1 bytes'],
    ['is longer at', 'aa', 's3://bucket/out/a has 2 of 1 bytes'],
    ['is empty at', '', 's3://bucket/out/a has 0 of 1 bytes'],
  ])('removes nothing when a file %s the destination', async (__, content, message) => {
    const transfer = await move();
    target.objects.delete('s3://bucket/out/a');
    if (content !== undefined) target.objects.set('s3://bucket/out/a', Buffer.from(content));
    const removal = removeSource(transfer, world());
    await expect(removal).rejects.toThrow(TransferMismatch);
    await expect(removal).rejects.toThrow(message);
    expect(left()).toEqual(KEYS);
  });

  test('removes nothing when a file has changed since its copy, also with the same size', async () => {
    const transfer = await move();
    source.objects.set('s3://bucket/in/a', Buffer.from('A'));
    await expect(removeSource(transfer, world())).rejects.toThrow('has changed since it was copied');
    expect(left()).toEqual(KEYS);
  });

  test('accepts a file that another attempt has removed', async () => {
    const transfer = await move();
    source.objects.delete('s3://bucket/in/a');
    expect(await removeSource(transfer, world())).toBe(true);
  });
});

test('the files of a folder are verified by its listings, without a request for each file', async () => {
  const transfer = await folderMove();
  for (const key of ['0', 'aa', 'b/c/x', 'f']) target.objects.set(`s3://bucket/out/${key}`, Buffer.from(key));
  const stat = jest.spyOn(target, 'stat');
  expect(await removeSource(transfer, world())).toBe(true);
  // The listing of the memory store asks once for the folder itself.
  expect(stat.mock.calls.map(([location]) => location.path)).toEqual([transfer.to.path]);
});

test('a folder whose verification the deadline ends gets no mark, and loses no file', async () => {
  const transfer = await folderMove();
  const time = { remainingMs: () => 900_000, deadline: AbortSignal.abort() };
  expect(await removeSource(transfer, world({ time }))).toBe(false);
  expect(left()).toEqual(KEYS);
});

test('an empty folder gets no mark', async () => {
  source.objects.clear();
  const write = jest.spyOn(source, 'write');
  expect(await removeSource(await folderMove(), world())).toBe(true);
  expect(write).not.toHaveBeenCalled();
});

test.each([
  ['at the destination', () => target.objects.set('s3://bucket/out/b/d', Buffer.from('b'))],
  ['in the source', () => source.objects.set('s3://bucket/in/b/d', Buffer.from('B/D'))],
])('a removal that continues keeps a file that has changed %s', async (_, change) => {
  const transfer = await folderMove();
  await writeMark(transfer, signal);
  change();
  await expect(removeSource(transfer, world())).rejects.toThrow(TransferMismatch);
  expect(left()).toEqual(expect.arrayContaining(['b/d', 'e']));
});

describe('a source is whole', () => {
  test('when all its files are there, without a mark', async () => {
    expect(await isSourceWhole(await folderMove())).toBe(true);
  });

  test('not without files, not with a mark, and not without its last file', async () => {
    const transfer = await folderMove();
    expect(await isSourceWhole({ ...transfer, files: [] })).toBe(false);
    await writeMark(transfer, signal);
    expect(await isMarked(transfer)).toBe(true);
    expect(await isSourceWhole(transfer)).toBe(false);
    source.objects.clear();
    source.objects.set('s3://bucket/in/a', Buffer.from('a'));
    source.objects.set('s3://bucket/in/b/c', Buffer.from('b/c'));
    expect(await isSourceWhole(transfer)).toBe(false);
  });
});

describe('a source in a later call', () => {
  const inLaterCall = (transfer: Transfer, sourceState?: string): Transfer => ({
    ...transfer,
    request: { ...transfer.request, ...withoutEmpty({ sourceState }) },
  });

  test('is accepted when it is unchanged, when it is empty, and in the first call', async () => {
    const transfer = await folderMove();
    const state = sourceStateOf(transfer.files);
    await refuseChangedSource(inLaterCall(transfer, state), signal);
    await refuseChangedSource(inLaterCall({ ...transfer, files: [] }, state), signal);
    await refuseChangedSource(inLaterCall(transfer), signal);
  });

  test('is refused when it has changed, unless its removal has begun', async () => {
    const transfer = await folderMove();
    const rest = inLaterCall({ ...transfer, files: transfer.files.slice(1) }, sourceStateOf(transfer.files));
    await expect(refuseChangedSource(rest, signal)).rejects.toThrow(
      'has changed since the start of its copy',
    );
    await writeMark(transfer, signal);
    await refuseChangedSource(rest, signal);
  });

  test('is refused when a single file has changed', async () => {
    const transfer = inLaterCall(await fileMove(), 'another state');
    await expect(refuseChangedSource(transfer, signal)).rejects.toThrow(TransferMismatch);
  });
});
