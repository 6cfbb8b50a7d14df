/**
 * A move that mirrors. Each call that changes a file system fails in turn. Then each file at the destination is the old
 * or the new one, each new file is whole on one side, no partial file stays, and a repeat finishes the move.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readChunks } from '../../../src/adapters/files/file-read';
import { FileStore } from '../../../src/adapters/files/file-store';
import type { RangedSource } from '../../../src/adapters/ranged';
import { describeError } from '../../../src/errors';
import type { Store, Stores } from '../../../src/transfer/store';
import { syncData } from '../../../src/transfer/sync';
import { faultyStores } from '../../transfer/faulty-store';
import { harvest, plant, syncRequest, type Tree, useFolder, worldOf } from '../../transfer/folders';
import { watchEffects } from './failing-effects';

const folder = useFolder();
/** Contents that are written at once, and in pieces. */
const SOURCE: Tree = { 'a/small': 'new', 'a/large': 'n'.repeat(300_000), last: 'new too' };
const OLD: Tree = { 'a/small': 'the old', 'a/large': 'the old' };
const STALE: Tree = { 'gone/stale': 'x' };

beforeEach(() => {
  let now = 0;
  // The calls are the same each time, for any speed of the disk.
  jest.spyOn(performance, 'now').mockImplementation(() => {
    now += 0.01;
    return now;
  });
});
afterEach(() => jest.restoreAllMocks());

/** Returns the files in ranges, as S3 does, one after the other. */
function ranged(store: FileStore): Store {
  const ranges: Pick<RangedSource, 'ranges' | 'readRange'> = {
    ranges: { bytes: 100_000, atOnce: 1 },
    async *readRange(location, expected, { from, to }, signal) {
      let at = 0;
      for await (const chunk of readChunks(location.path, expected, signal)) {
        const piece = chunk.subarray(Math.max(0, from - at), Math.max(0, to - at));
        at += chunk.length;
        if (piece.length > 0) yield piece;
      }
    },
  };
  const through = (name: 'stat' | 'exists' | 'list' | 'read' | 'write' | 'remove' | 'removeEmptyFolders') =>
    (store[name] as (...args: unknown[]) => unknown).bind(store);
  const names = ['stat', 'exists', 'list', 'read', 'write', 'remove', 'removeEmptyFolders'] as const;
  return { ...Object.fromEntries(names.map((name) => [name, through(name)])), ...ranges } as unknown as Store;
}

const open = (): FileStore => new FileStore({ root: folder.path });
const isSource = (path: string) => path.startsWith(join(folder.path, 'from'));

const ROUTES: Readonly<Record<string, () => Stores>> = {
  'a copy within a file system': () => {
    const store = open();
    return { open: () => store };
  },
  'a stream': () => faultyStores({ open: () => open() }, { calls: [] }),
  'ranges, or all in one go': () => {
    const [from, to] = [ranged(open()), open()];
    return { open: (location) => (isSource(location.path) ? from : to) };
  },
};

const source = () => harvest(join(folder.path, 'from'));
const destination = () => harvest(join(folder.path, 'to'));

function plantAll(): void {
  rmSync(folder.path, { recursive: true, force: true });
  plant(join(folder.path, 'from'), SOURCE);
  plant(join(folder.path, 'to'), { ...OLD, ...STALE });
}

async function move(stores: Stores): Promise<unknown> {
  const request = syncRequest({
    source_path: join(folder.path, 'from'),
    destination_path: join(folder.path, 'to'),
    retain_source_data: false,
    max_concurrency: 1,
  });
  return syncData(request, undefined, worldOf(stores)).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.each(Object.keys(ROUTES))('%s', (route) => {
  const stores = ROUTES[route]!;

  test.each([
    ['fails', false],
    ['succeeds and reports a failure', true],
  ])('keeps all files when a write, sync, close, rename or removal %s', async (_, isDone) => {
    const counted: string[] = [];
    watchEffects({ calls: counted });
    plantAll();
    const planted = counted.length;
    expect(await move(stores())).toBeUndefined();
    jest.restoreAllMocks();
    const calls = counted.slice(planted);
    expect(calls.length).toBeGreaterThan(20);

    for (const [failAt, call] of calls.entries()) {
      plantAll();
      watchEffects({ calls: [], failAt, isDone });
      const failed = await move(stores());
      jest.restoreAllMocks();
      const what = `${failAt} ${call}`;
      const [left, arrived] = [source(), destination()];
      expect([what, describeError(failed).message]).toEqual([what, expect.stringContaining('EIO')]);
      for (const [key, content] of Object.entries(SOURCE)) {
        expect([what, key, [content, OLD[key]].includes(arrived[key])]).toEqual([what, key, true]);
        expect([what, key, [left[key], arrived[key]].includes(content)]).toEqual([what, key, true]);
      }
      expect([what, Object.keys(arrived).filter((key) => key.endsWith('.partial'))]).toEqual([what, []]);
      expect([what, await move(stores())]).toEqual([what, undefined]);
      expect([what, source(), destination()]).toEqual([what, {}, SOURCE]);
    }
  });
});
