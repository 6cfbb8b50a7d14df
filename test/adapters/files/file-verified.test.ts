import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { FileEntries } from '../../../src/adapters/files/file-entries';
import { fileLeases } from '../../../src/adapters/files/file-leases';
import { FileStore } from '../../../src/adapters/files/file-store';
import { type FileVerifiedOptions, fileVerified } from '../../../src/adapters/files/file-verified';
import { versionOf } from '../../../src/adapters/files/file-walk';
import type { RangedSource } from '../../../src/adapters/ranged';
import type { Location } from '../../../src/transfer/location';
import { LOCAL, localLocation } from '../../../src/transfer/schemes/file-systems';
import type { Store } from '../../../src/transfer/store';
import { md5 } from '../../transfer/etag-stores';
import { keepingTimes, plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const TAG = md5('content');
const SETTLED_MS = 20;

beforeEach(() => plant(mountPath(), { 'in/file': 'content', 'in/other': 'more' }));

const mountPath = () => join(folder.path, 'mnt');
const at = (path: string): Location => localLocation(join(mountPath(), path));
const listed = (path: string) => {
  const stats = statSync(join(mountPath(), path));
  return { key: '', size: stats.size, version: versionOf(stats) };
};
const open = (options: Partial<FileVerifiedOptions> = {}, location = at('in')) =>
  fileVerified({
    mounts: [{ path: mountPath(), fileSystemId: 'fs-1', root: '/' }],
    settledMs: SETTLED_MS,
    worthBytes: 0,
    ...options,
  }).open(location);
const settle = () => setTimeout(2 * SETTLED_MS);

async function remember(path = 'in/file', options: Partial<FileVerifiedOptions> = {}) {
  const record = await open(options);
  (await record?.see(at(path), listed(path)))?.remember(TAG);
  await record?.save();
}

async function recall(path = 'in/file', options: Partial<FileVerifiedOptions> = {}) {
  const record = await open(options);
  return (await record?.see(at(path), listed(path)))?.known?.tag;
}

/** Returns the path of the only record. */
function document(below = join(mountPath(), '.demand.verified')): string {
  const [found] = readdirSync(below, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  return join(found!.parentPath, found!.name);
}

describe('a verified file', () => {
  test('is known in the next sync', async () => {
    await settle();
    await remember();
    expect(await recall()).toBe(TAG);
    expect(await recall('in/other')).toBeUndefined();
  });

  test('is known through another mount of the same folder', async () => {
    await settle();
    await remember();
    renameSync(mountPath(), join(folder.path, 'elsewhere'));
    symlinkSync(join(folder.path, 'elsewhere'), mountPath());
    expect(await recall()).toBe(TAG);
  });

  test('is not known when it was written lately', async () => {
    await remember('in/file', { settledMs: 60_000 });
    expect(await recall()).toBeUndefined();
  });

  test('is not confused with a write in the same tick', async () => {
    const record = await open();
    for (let each = 0; each < 300; each++) {
      writeFileSync(join(mountPath(), 'in/file'), `before${each % 10}`);
      (await record?.see(at('in/file'), listed('in/file')))?.remember(md5(`before${each % 10}`));
      writeFileSync(join(mountPath(), 'in/file'), `behind${each % 10}`);
      expect((await record?.see(at('in/file'), listed('in/file')))?.known).toBeUndefined();
    }
  });

  test('is not known when another clock puts it in the future', async () => {
    await settle();
    await remember('in/file', { now: () => Date.now() - 3_600_000 });
    expect(await recall()).toBeUndefined();
  });

  test.each<[string, (path: string) => void]>([
    ['with another content', (path) => writeFileSync(path, 'CONTENT')],
    ['replaced by another', (path) => renameSync(join(dirname(path), 'other'), path)],
  ])('is not known of a file %s, its size and time as before', async (_, change) => {
    plant(mountPath(), { 'in/other': 'another' });
    await settle();
    await remember();
    keepingTimes(join(mountPath(), 'in/file'), () => change(join(mountPath(), 'in/file')));
    expect(await recall()).toBeUndefined();
  });

  test('is known when another sync of the same folder saves later, with other files', async () => {
    await settle();
    const [one, other] = [await open(), await open()];
    (await one?.see(at('in/file'), listed('in/file')))?.remember(TAG);
    (await other?.see(at('in/other'), listed('in/other')))?.remember(md5('more'));
    await one?.save();
    await other?.save();
    expect([await recall('in/file'), await recall('in/other')]).toEqual([TAG, md5('more')]);
  });

  test('is known only above a minimum size', async () => {
    await settle();
    await remember('in/file', { worthBytes: 8 });
    expect(existsSync(join(mountPath(), '.demand.verified'))).toBe(false);
  });
});

describe('an invalid record', () => {
  const RUIN: [string, (path: string) => void][] = [
    ['gone', (path) => rmSync(path)],
    ['with its folder gone', () => rmSync(join(mountPath(), '.demand.verified'), { recursive: true })],
    ['empty', (path) => truncateSync(path)],
    ['cut off', (path) => truncateSync(path, statSync(path).size - 44)],
    ["somebody else's", (path) => writeFileSync(path, '{"files": 3}')],
    [
      'with one bit turned',
      (path) => {
        const content = readFileSync(path);
        content.writeUInt8(content.readUInt8(60) ^ 1, 60);
        writeFileSync(path, content);
      },
    ],
    [
      'a folder',
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
    [
      'a link',
      (path) => {
        renameSync(path, join(folder.path, 'aside'));
        symlinkSync(join(folder.path, 'aside'), path);
      },
    ],
  ];

  test.each(RUIN)('%s: no file is known, and no sync fails', async (_, ruin) => {
    await settle();
    await remember();
    ruin(document());
    expect(await recall()).toBeUndefined();
    await remember('in/other');
  });

  test('is not written through a link that leads out of the mount', async () => {
    mkdirSync(join(folder.path, 'outside'));
    symlinkSync(join(folder.path, 'outside'), join(mountPath(), '.demand.verified'));
    await settle();
    await remember();
    expect(readdirSync(join(folder.path, 'outside'))).toEqual([]);
  });

  test('of two concurrent saves one whole record stays', async () => {
    await settle();
    await Promise.all([remember('in/file'), remember('in/other')]);
    const known = [await recall('in/file'), await recall('in/other')];
    expect(known.filter((tag) => tag === TAG)).toHaveLength(1);
    expect(readdirSync(dirname(document()))).toHaveLength(1);
  });
});

test('a listing of the whole mount shows no record', async () => {
  await settle();
  await remember();
  const signal = new AbortController().signal;
  const toPath = (location: Location) => (location.scheme === LOCAL ? location.path : '');
  const keysOf = async (entries: AsyncIterable<{ key: string }>) => {
    const keys: string[] = [];
    for await (const { key } of entries) keys.push(key);
    return keys.sort();
  };
  const store = new FileStore({ root: mountPath() });
  const entries = new FileEntries({ root: mountPath(), toPath });
  expect(await keysOf(store.list(at('/'), signal))).toEqual(['in/file', 'in/other']);
  expect(await keysOf(entries.list(at(''), signal))).toEqual(['in/file', 'in/other']);
});

test('a removal removes the record too', async () => {
  await settle();
  await remember();
  await fileLeases({ mounts: [{ path: mountPath(), fileSystemId: 'fs-1', root: '/' }] }).revoke(at('in'));
  expect(readdirSync(join(mountPath(), '.demand.verified'))).toEqual([]);
});

test('a path outside of all mounts has its record in a cache, or none', async () => {
  await settle();
  await remember('in/file', { mounts: [] });
  const cacheFolder = join(folder.path, 'cache');
  await remember('in/file', { mounts: [], cacheFolder });
  expect(await recall('in/file', { mounts: [], cacheFolder })).toBe(TAG);
  expect(document(cacheFolder)).toContain(cacheFolder);
  expect(readdirSync(mountPath())).toEqual(['in']);
});

test('a file that was changed after it was placed is not known', async () => {
  const record = await open();
  utimesSync(join(mountPath(), 'in/file'), 1, 1);
  const placed = listed('in/file');
  await record?.keepPlaced(at('in/file'), { ...placed, version: `${placed.version}0` }, TAG);
  expect((await record?.see(at('in/file'), placed))?.known).toBeUndefined();
  await record?.keepPlaced(at('in/file'), placed, TAG);
  expect((await record?.see(at('in/file'), placed))?.known?.tag).toBe(TAG);
});

describe('a watched store', () => {
  const signal = new AbortController().signal;
  const from: Location = localLocation('/from/file');

  /** A store with ranges, like S3's, with the members that the test uses. */
  const ranged = {
    ranges: { bytes: 1024 ** 2, atOnce: 1 },
    readRange: async function* () {
      yield Buffer.from('content');
    },
  } as Partial<RangedSource> as Store;

  test.each<[string, (store: Store, to: Location) => Promise<unknown>]>([
    ['a stream', (store, to) => store.write(to, Readable.from([Buffer.from('content')]), 7, signal)],
    [
      'a clone',
      (store, to) => store.copyFrom!(new FileStore(), at('in/file'), listed('in/file'), to, signal),
    ],
    ['a range', (store, to) => store.copyFrom!(ranged, from, { key: '', size: 7 }, to, signal)],
  ])('dates what it makes of %s back, and tells its version', async (_, place) => {
    const told: string[] = [];
    const store = new FileStore().watchedBy((_location, version) => told.push(version));
    await place(store, at('out/file'));
    const stats = statSync(join(mountPath(), 'out/file'));
    expect(told).toEqual([versionOf(stats)]);
    expect(stats.ctimeMs - stats.mtimeMs).toBeGreaterThan(0.9);
  });
});
