/** Records of verified contents: they spare readings, and must hide no change. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileVerified } from '../../../src/adapters/files/file-verified';
import { withChecksums } from '../../../src/transfer/copy/compare';
import type { Verified, VerifiedRecord } from '../../../src/transfer/copy/verified-record';
import { previewTransfer } from '../../../src/transfer/preview';
import { S3 } from '../../../src/transfer/schemes/s3';
import type { Stores } from '../../../src/transfer/store';
import { syncData } from '../../../src/transfer/sync';
import { openTransfer } from '../../../src/transfer/transfer';
import { etagStores, md5, type Reads } from '../etag-stores';
import { faultyStores } from '../faulty-store';
import { harvest, keepingTimes, plant, syncRequest, useFolder, worldOf } from '../folders';

const folder = useFolder();
const SETTLED_MS = 20;
const TREE = { 'a/1': 'one', 'a/2': 'two', b: 'three' };
const NOTHING = { filesTransferred: 0, bytesTransferred: 0 };
const DOWN = { source_path: 's3://bucket/in/', destination_path: '/dst' };
const UP = { source_path: '/dst', destination_path: 's3://bucket/out/' };

let reads: Reads;
beforeEach(() => {
  reads = { bytes: 0 };
  plant(join(folder.path, 's3/bucket/in'), TREE);
});

const inFolder = (path: string) => (path.startsWith('/') ? folder.path + path : path);
const request = (fields: Record<string, unknown>) =>
  syncRequest({
    size_only: false,
    ...fields,
    source_path: inFolder(String(fields.source_path)),
    destination_path: inFolder(String(fields.destination_path)),
  });
const records = () =>
  fileVerified({
    mounts: [{ path: folder.path, fileSystemId: 'fs-1', root: '/' }],
    settledMs: SETTLED_MS,
    worthBytes: 0,
  });
const world = (stores = etagStores(folder.path, reads)) => worldOf(stores, { verified: records() });

/** Returns the number of copied files, and the bytes that the comparison read. */
async function sync(fields: Record<string, unknown>) {
  reads.bytes = 0;
  const { filesTransferred, bytesTransferred } = await syncData(request(fields), undefined, world());
  return { filesTransferred, bytesTransferred, read: reads.bytes };
}

const settle = () => setTimeout(2 * SETTLED_MS);
const placed = (name: string) => join(folder.path, 'dst', name);

describe('what came from S3', () => {
  test('is not read again', async () => {
    expect(await sync(DOWN)).toEqual({ filesTransferred: 3, bytesTransferred: 11, read: 0 });
    expect(await sync(DOWN)).toEqual({ ...NOTHING, read: 0 });
    expect(harvest(join(folder.path, 'dst'))).toEqual(TREE);
  });

  test('is known also where its ETag is no MD5', async () => {
    reads.etagOf = (content) => md5(`encrypted ${content}`);
    await sync(DOWN);
    expect(await sync(DOWN)).toEqual({ ...NOTHING, read: 0 });
  });

  test('is copied again when the object has changed', async () => {
    await sync(DOWN);
    plant(join(folder.path, 's3/bucket/in'), { b: 'THREE' });
    expect(await sync(DOWN)).toMatchObject({ filesTransferred: 1 });
    expect(await sync(DOWN)).toEqual({ ...NOTHING, read: 0 });
  });

  test('is copied again when the file has changed, with its size and time as before', async () => {
    await sync(DOWN);
    await setTimeout(20);
    keepingTimes(placed('b'), () => writeFileSync(placed('b'), 'THREE'));
    expect(await sync(DOWN)).toEqual({ filesTransferred: 1, bytesTransferred: 5, read: 5 });
    expect(harvest(join(folder.path, 'dst'))).toEqual(TREE);
  });

  test('by force is copied again, and is known from then on', async () => {
    await sync(DOWN);
    expect(await sync({ ...DOWN, force: true })).toMatchObject({ filesTransferred: 3, read: 0 });
    expect(await sync(DOWN)).toEqual({ ...NOTHING, read: 0 });
  });

  test('is known as far as a transfer got that failed', async () => {
    const inner = etagStores(folder.path, reads);
    // It lists, ends the list, reads the first file to its end, and fails at the second.
    const failing = faultyStores(inner, { calls: [], failAt: 4 });
    const stores: Stores = { open: (at) => (at.scheme === S3 ? failing : inner).open(at) };
    const all = request({ ...DOWN, max_concurrency: 1 });
    await expect(syncData(all, undefined, world(stores))).rejects.toMatchObject({ name: 'Fault' });
    expect(await sync(DOWN)).toEqual({ filesTransferred: 2, bytesTransferred: 8, read: 0 });
  });

  test('leaves no record where only sizes count', async () => {
    await sync({ ...DOWN, size_only: true });
    expect(existsSync(join(folder.path, '.demand.verified'))).toBe(false);
  });
});

test('a file that goes to S3 is read when it is first compared, and then no more', async () => {
  plant(join(folder.path, 'dst'), TREE);
  await settle();
  expect(await sync(UP)).toMatchObject({ filesTransferred: 3 });
  expect(await sync(UP)).toEqual({ ...NOTHING, read: 11 });
  expect(await sync(UP)).toEqual({ ...NOTHING, read: 0 });
  writeFileSync(placed('b'), 'THREE');
  expect(await sync(UP)).toMatchObject({ filesTransferred: 1 });
});

test('between folders both sides are read once', async () => {
  const across = { source_path: '/dst', destination_path: '/copy' };
  plant(join(folder.path, 'dst'), TREE);
  await sync(across);
  await settle();
  expect(await sync(across)).toEqual({ ...NOTHING, read: 22 });
  expect(await sync(across)).toEqual({ ...NOTHING, read: 0 });
  expect(await previewTransfer(request(across), world())).toMatchObject({ copies: [], unchanged: 3 });
});

test('a single file has a record of its own', async () => {
  const one = { source_path: 's3://bucket/in/b', destination_path: '/dst/b' };
  await sync(one);
  expect(await sync(one)).toEqual({ ...NOTHING, read: 0 });
});

describe('a tag on record', () => {
  const PARTS = `${md5('parts')}-2`;
  const whole = md5('content');

  /** Returns the compared tag for an object of this ETag, and whether the file was read. */
  async function compareWith(etag: string, known: Verified | undefined) {
    plant(join(folder.path, 'from'), { file: 'content' });
    const remembered: string[] = [];
    const record: VerifiedRecord = {
      isWorth: () => true,
      see: async () => ({ known, remember: (tag) => remembered.push(tag) }),
      keepPlaced: async () => undefined,
      save: async () => undefined,
    };
    const both = { source_path: '/from', destination_path: 's3://bucket/in' };
    const transfer = await openTransfer(request(both), world());
    const verified = { source: record, target: undefined, watched: undefined, placed: new Map() };
    const existing = { key: 'file', size: 7, version: etag };
    const [file] = await withChecksums(
      { ...transfer, verified },
      transfer.files[0]!,
      existing,
      world().signal,
    );
    return { tag: file.checksum, wasRead: reads.bytes > 0, remembered };
  }

  test.each([true, false])('settles it where it is the same (computed: %s)', async (isComputed) => {
    for (const tag of [whole, PARTS])
      expect(await compareWith(tag, { tag, isComputed })).toEqual({ tag, wasRead: false, remembered: [] });
  });

  test('settles it where it is another, of the whole content', async () => {
    const known = { tag: md5('other'), isComputed: true };
    expect(await compareWith(whole, known)).toEqual({ tag: known.tag, wasRead: false, remembered: [] });
  });

  test.each<[string, Verified]>([
    ['came with an object and may be no MD5', { tag: md5('other'), isComputed: false }],
    ['is of parts', { tag: PARTS, isComputed: true }],
  ])('does not, where it is another and %s', async (_, known) => {
    expect(await compareWith(whole, known)).toEqual({ tag: whole, wasRead: true, remembered: [whole] });
  });

  test('is not made of what equals none', async () => {
    expect(await compareWith(`${md5('x')}-77`, undefined)).toMatchObject({ wasRead: false, remembered: [] });
    expect(await compareWith(`${md5('x')}-1`, undefined)).toMatchObject({ wasRead: true, remembered: [] });
  });
});
