/** Records of verified contents save reads. They must not hide a change. */
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

describe('a file from S3', () => {
  test('is not read again', async () => {
    expect(await sync(DOWN)).toEqual({ filesTransferred: 3, bytesTransferred: 11, read: 0 });
    expect(await sync(DOWN)).toEqual({ ...NOTHING, read: 0 });
    expect(harvest(join(folder.path, 'dst'))).toEqual(TREE);
  });

  test('is not read again if its ETag is not an MD5', async () => {
    reads.etagOf = (content) => md5(`encrypted ${content}`);
    await sync(DOWN);
    expect(await sync(DOWN)).toEqual({ ...NOTHING, read: 0 });
  });

  test('is copied again after a change of the object', async () => {
    await sync(DOWN);
    plant(join(folder.path, 's3/bucket/in'), { b: 'THREE' });
    expect(await sync(DOWN)).toMatchObject({ filesTransferred: 1 });
    expect(await sync(DOWN)).toEqual({ ...NOTHING, read: 0 });
  });

  test('is copied again after a change of the file that keeps its size and time', async () => {
    await sync(DOWN);
    await setTimeout(20);
    keepingTimes(placed('b'), () => writeFileSync(placed('b'), 'THREE'));
    expect(await sync(DOWN)).toEqual({ filesTransferred: 1, bytesTransferred: 5, read: 5 });
    expect(harvest(join(folder.path, 'dst'))).toEqual(TREE);
  });

  test('is copied again by force, and is not read after that', async () => {
    await sync(DOWN);
    expect(await sync({ ...DOWN, force: true })).toMatchObject({ filesTransferred: 3, read: 0 });
    expect(await sync(DOWN)).toEqual({ ...NOTHING, read: 0 });
  });

  test('is recorded by a transfer that fails at a later file', async () => {
    const inner = etagStores(folder.path, reads);
    // The calls: list, list-end, read and read-end of the first file, read of the second file (fails).
    const failing = faultyStores(inner, { calls: [], failAt: 4 });
    const stores: Stores = { open: (at) => (at.scheme === S3 ? failing : inner).open(at) };
    const all = request({ ...DOWN, max_concurrency: 1 });
    await expect(syncData(all, undefined, world(stores))).rejects.toMatchObject({ name: 'Fault' });
    expect(await sync(DOWN)).toEqual({ filesTransferred: 2, bytesTransferred: 8, read: 0 });
  });

  test('is not recorded if only sizes count', async () => {
    await sync({ ...DOWN, size_only: true });
    expect(existsSync(join(folder.path, '.demand.verified'))).toBe(false);
  });
});

test('a file that is copied to S3 is read at its first comparison only', async () => {
  plant(join(folder.path, 'dst'), TREE);
  await settle();
  expect(await sync(UP)).toMatchObject({ filesTransferred: 3 });
  expect(await sync(UP)).toEqual({ ...NOTHING, read: 11 });
  expect(await sync(UP)).toEqual({ ...NOTHING, read: 0 });
  writeFileSync(placed('b'), 'THREE');
  expect(await sync(UP)).toMatchObject({ filesTransferred: 1 });
});

test('files of both folders are read once', async () => {
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

describe('a recorded tag', () => {
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

  test.each([true, false])(
    'is used without a read if it equals the ETag (computed: %s)',
    async (isComputed) => {
      for (const tag of [whole, PARTS])
        expect(await compareWith(tag, { tag, isComputed })).toEqual({ tag, wasRead: false, remembered: [] });
    },
  );

  test('is used without a read if it differs and both are MD5s of the whole content', async () => {
    const known = { tag: md5('other'), isComputed: true };
    expect(await compareWith(whole, known)).toEqual({ tag: known.tag, wasRead: false, remembered: [] });
  });

  test.each<[string, Verified]>([
    ['came with an object and may not be an MD5', { tag: md5('other'), isComputed: false }],
    ['is a tag of parts', { tag: PARTS, isComputed: true }],
  ])('that differs is not used if it %s', async (_, known) => {
    expect(await compareWith(whole, known)).toEqual({ tag: whole, wasRead: true, remembered: [whole] });
  });

  test('is not made for a content that no part size turns into the ETag', async () => {
    expect(await compareWith(`${md5('x')}-77`, undefined)).toMatchObject({ wasRead: false, remembered: [] });
    expect(await compareWith(`${md5('x')}-1`, undefined)).toMatchObject({ wasRead: true, remembered: [] });
  });
});
