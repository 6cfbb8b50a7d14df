/** A copy that several executions read: no change by anybody reaches the next reader. */
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FileStore } from '../../../src/adapters/files/file-store';
import { fileVerified } from '../../../src/adapters/files/file-verified';
import type { Range } from '../../../src/adapters/ranged';
import { isStagedForOthers } from '../../../src/transfer/copy/staging';
import { isInRange, type KeyRange } from '../../../src/transfer/keys';
import type { Location } from '../../../src/transfer/location';
import { planSegments } from '../../../src/transfer/plan/machine-plan';
import { S3 } from '../../../src/transfer/schemes/s3';
import type { StoredFile, Stores } from '../../../src/transfer/store';
import { finishSync, syncData } from '../../../src/transfer/sync';
import { etagStores, type Reads } from '../etag-stores';
import { harvest, keepingTimes, plant, syncRequest, useFolder, worldOf } from '../folders';
import { LeaseServer, leaseWorld } from '../lease/lease-server';

const folder = useFolder();
const TREE = { 'a/1': 'one', 'a/2': 'two', b: 'three' };
const KEY = '0'.repeat(64);

let reads: Reads;
beforeEach(() => {
  reads = { bytes: 0 };
  plant(join(folder.path, 's3/bucket/in'), TREE);
  mkdirSync(join(folder.path, 'efs/shared'), { recursive: true });
});

const shared = (...names: string[]) => join(folder.path, 'efs/shared', KEY, ...names);
const world = () => {
  const mounts = [{ path: join(folder.path, 'efs'), fileSystemId: 'fs-1', root: '/' }];
  return worldOf(etagStores(folder.path, reads), {
    leases: leaseWorld(new LeaseServer()),
    verified: fileVerified({ mounts, settledMs: 20, worthBytes: 0 }),
  });
};
const request = (source = 's3://bucket/in/') =>
  syncRequest({
    source_path: source,
    destination_path: shared(),
    size_only: false,
    delete: true,
    require_lock: true,
  });

/** Stages the input as the next execution does. @returns the copied files, and the bytes of copies that were read */
async function stage(source?: string) {
  reads.bytes = 0;
  const { filesTransferred } = await syncData(request(source), undefined, world());
  return { files: filesTransferred, read: reads.bytes };
}

test('the next execution reads no byte of a copy that nobody has changed', async () => {
  expect(await stage()).toEqual({ files: 3, read: 0 });
  expect(await stage()).toEqual({ files: 0, read: 0 });
});

test('without a record, the next execution reads each byte once', async () => {
  await stage();
  rmSync(join(folder.path, 'efs/.demand.verified'), { recursive: true });
  await setTimeout(40);
  expect(await stage()).toEqual({ files: 0, read: 'onetwothree'.length });
  expect(await stage()).toEqual({ files: 0, read: 0 });
});

describe.each([
  ['with the record', () => undefined],
  ['without the record', () => rmSync(join(folder.path, 'efs/.demand.verified'), { recursive: true })],
])('%s, the copy is staged anew', (_, prepare) => {
  test.each<[string, () => void]>([
    [
      'after a change that keeps size and times',
      () => keepingTimes(shared('b'), () => writeFileSync(shared('b'), 'THREE')),
    ],
    ['after it was truncated', () => truncateSync(shared('b'), 1)],
    ['after it was removed', () => rmSync(shared('b'))],
    [
      'after a link with the same content has replaced a file',
      () => {
        writeFileSync(join(folder.path, 'efs/evil'), 'three');
        rmSync(shared('b'));
        symlinkSync('../../evil', shared('b'));
      },
    ],
    [
      'after a link has replaced a folder',
      () => {
        renameSync(shared('a'), join(folder.path, 'efs/evil'));
        symlinkSync('../../evil', shared('a'));
      },
    ],
    [
      'after a link has replaced the whole copy',
      () => {
        renameSync(shared(), join(folder.path, 'efs/evil'));
        symlinkSync('../evil', shared());
      },
    ],
    ['after a file was added', () => writeFileSync(shared('a', 'more'), 'evil')],
    [
      'after a folder was added',
      () => {
        mkdirSync(shared('more'));
        writeFileSync(shared('more', 'x'), 'evil');
      },
    ],
    ['after a link was added', () => symlinkSync('/etc/passwd', shared('a', 'link'))],
  ])('%s', async (_name, change) => {
    await stage();
    await setTimeout(20);
    change();
    prepare();
    await stage();
    expect(harvest(shared())).toEqual(TREE);
    for (const path of [shared(), shared('a'), shared('b')])
      expect(lstatSync(path).isSymbolicLink()).toBe(false);
    expect(await stage()).toMatchObject({ files: 0 });
  });
});

test('a link in the place of the copy of one file is replaced, and its target stays', async () => {
  writeFileSync(join(folder.path, 'efs/evil'), 'three');
  symlinkSync('../evil', shared());
  await stage('s3://bucket/in/b');
  expect(lstatSync(shared()).isFile()).toBe(true);
  expect(readFileSync(join(folder.path, 'efs/evil'), 'utf8')).toBe('three');
});

describe('a large copy', () => {
  test('has no link in its place after the plan', async () => {
    await stage();
    renameSync(shared(), join(folder.path, 'efs/evil'));
    symlinkSync('../evil', shared());
    const plan = await planSegments(request(), { maxBatches: 2, concurrency: 2 }, world());
    await plan.toBatches();
    expect(() => lstatSync(shared())).toThrow('ENOENT');
  });

  /** Plans the transfer with a limit of 3 bytes, and copies its batches as the state machine does. */
  async function stageLarge(): Promise<number> {
    const settings = { mounts: [], largeFileBytes: 3 };
    const at = { ...world(), stores: rangedStores(), settings };
    const plan = await planSegments(request(), { maxBatches: 9, concurrency: 2 }, at);
    let copied = 0;
    for (const batch of await plan.toBatches())
      for (const each of batch) copied += (await syncData(each, undefined, at)).bytesTransferred;
    await finishSync(request(), at);
    return copied;
  }

  /** The bucket gives ranges of its files, and the file system assembles files. */
  function rangedStores(): Stores {
    const files = new FileStore();
    const { open } = etagStores(folder.path, reads);
    const bucket = (location: Location) => {
      const store = open(location);
      async function* readRange(from: Location, file: StoredFile, range: Range) {
        yield readFileSync(join(folder.path, 's3', from.authority, from.path)).subarray(range.from, range.to);
        expect(file.version).toMatch(/^"/);
      }
      const all = store.list.bind(store);
      async function* list(place: Location, signal: AbortSignal, range: KeyRange = {}) {
        for await (const file of all(place, signal)) if (isInRange(file.key, range)) yield file;
      }
      return Object.assign(store, { ranges: { bytes: 8, atOnce: 1 }, readRange, list });
    };
    return { open: (location) => (location.scheme === S3 ? bucket(location) : files) };
  }

  test('is not copied again when the record proves its content, and is when it was changed', async () => {
    expect(await stageLarge()).toBe('onetwothree'.length);
    expect(harvest(shared())).toEqual(TREE);
    expect(await stageLarge()).toBe(0);
    await setTimeout(20);
    keepingTimes(shared('b'), () => writeFileSync(shared('b'), 'THREE'));
    expect(await stageLarge()).toBe('three'.length);
    expect(harvest(shared())).toEqual(TREE);
  });

  test('is refused at the end when its files went through a link, and is whole after another run', async () => {
    await stage();
    renameSync(shared('a'), join(folder.path, 'efs/evil'));
    symlinkSync('../../evil', shared('a'));
    await expect(finishSync(request(), world())).rejects.toMatchObject({
      name: 'TransferMismatch',
      message: expect.stringContaining('a symbolic link in the place of a folder, so "a/1" is missing'),
    });
    await stage();
    expect(harvest(shared())).toEqual(TREE);
  });
});

test.each([
  ['a copy for one execution', { delete: false }],
  ['a copy without a lease', { require_lock: false }],
  ['a copy that is compared by sizes', { size_only: true }],
  ['a copy in S3', { destination_path: 's3://bucket/out/' }],
])('%s is not staged for others', (_, fields) => {
  const given = { source_path: 's3://bucket/in/', destination_path: shared(), require_lock: true, ...fields };
  expect(isStagedForOthers(syncRequest({ size_only: false, delete: true, ...given }))).toBe(false);
  expect(isStagedForOthers(request())).toBe(true);
});
