/**
 * A power cut keeps only synced contents and synced entries of folders. These tests watch the order of the calls: the
 * content is synced before its rename, then its folder, and all of it before a source is removed.
 */
import fs from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileAssembler } from '../../../src/adapters/files/file-assembler';
import { FileStore } from '../../../src/adapters/files/file-store';
import { workingFiles } from '../../../src/adapters/files/working-files';
import type { Location } from '../../../src/transfer/location';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import type { Store, StoredFile, Stores } from '../../../src/transfer/store';
import { syncData } from '../../../src/transfer/sync';
import { faultyStores } from '../../transfer/faulty-store';
import { plant, syncRequest, useFolder, worldOf } from '../../transfer/folders';

const folder = useFolder();
const { signal } = new AbortController();
afterEach(() => jest.restoreAllMocks());

/** A call and the path that it is about, in the order of the calls. */
type Seen = readonly [call: 'write' | 'sync' | 'rename' | 'mkdir' | 'unlink', path: string];

const WRITES = ['write', 'writev', 'writeFile'] as const;

/** Watches the calls until `jest.restoreAllMocks`. */
function watch(): Seen[] {
  const seen: Seen[] = [];
  const { open, rename, mkdir, unlink, copyFile, writeFile } = promises;
  jest.spyOn(promises, 'open').mockImplementation(async (...args) => {
    const handle = await open(...args);
    const path = String(args[0]);
    for (const name of WRITES) note(handle, name, () => seen.push(['write', path]));
    note(handle, 'sync', () => seen.push(['sync', path]));
    return handle;
  });
  jest.spyOn(promises, 'rename').mockImplementation(async (from, to) => {
    await rename(from, to);
    seen.push(['rename', `${String(from)} ${String(to)}`]);
  });
  jest.spyOn(promises, 'mkdir').mockImplementation(async (path, options) => {
    const first = await mkdir(path, options);
    if (first !== undefined) seen.push(['mkdir', first]);
    return first;
  });
  jest.spyOn(promises, 'unlink').mockImplementation(async (path) => {
    await unlink(path);
    seen.push(['unlink', String(path)]);
  });
  jest.spyOn(promises, 'copyFile').mockImplementation(async (from, to, mode) => {
    await copyFile(from, to, mode);
    seen.push(['write', String(to)]);
  });
  jest.spyOn(promises, 'writeFile').mockImplementation(async (path, ...rest) => {
    await writeFile(path, ...rest);
    seen.push(['write', String(path)]);
  });
  watchSynchronousCalls(seen);
  return seen;
}

function note(handle: FileHandle, name: (typeof WRITES)[number] | 'sync', tell: () => void): void {
  const real = (handle[name] as (...args: unknown[]) => Promise<unknown>).bind(handle);
  const noted = async (...args: unknown[]) => {
    const result = await real(...args);
    tell();
    return result;
  };
  Object.assign(handle, { [name]: noted });
}

function watchSynchronousCalls(seen: Seen[]): void {
  const { openSync, fsyncSync, writeSync, renameSync, mkdirSync } = fs;
  const paths = new Map<number, string>();
  jest.spyOn(fs, 'openSync').mockImplementation((...args) => {
    const file = openSync(...args);
    paths.set(file, String(args[0]));
    return file;
  });
  jest.spyOn(fs, 'fsyncSync').mockImplementation((file) => {
    fsyncSync(file);
    seen.push(['sync', paths.get(file) ?? '?']);
  });
  jest.spyOn(fs, 'writeSync').mockImplementation((...args: unknown[]) => {
    const written = (writeSync as (...given: unknown[]) => number)(...args);
    seen.push(['write', paths.get(args[0] as number) ?? '?']);
    return written;
  });
  jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    renameSync(from, to);
    seen.push(['rename', `${String(from)} ${String(to)}`]);
  });
  jest.spyOn(fs, 'mkdirSync').mockImplementation((path, options) => {
    const first = mkdirSync(path, options);
    if (first !== undefined) seen.push(['mkdir', first]);
    return first;
  });
}

const is = (call: Seen[0], path: string) => (seen: Seen) => seen[0] === call && seen[1] === path;

/** Asserts that a power cut after the calls leaves the whole file at its path. */
function expectDurable(calls: readonly Seen[], path: string): void {
  const renamed = calls.findIndex(([call, paths]) => call === 'rename' && paths.endsWith(` ${path}`));
  expect([path, renamed]).not.toEqual([path, -1]);
  const content = calls[renamed]![1].split(' ')[0]!;
  const before = calls.slice(0, renamed);
  const written = before.findLastIndex(is('write', content));
  expect([path, written]).not.toEqual([path, -1]);
  expect([
    path,
    'content',
    before.findIndex((seen, at) => at > written && is('sync', content)(seen)),
  ]).not.toEqual([path, 'content', -1]);
  expect([path, 'folder', calls.slice(renamed).some(is('sync', dirname(path)))]).toEqual([
    path,
    'folder',
    true,
  ]);
}

/** Asserts that each new folder between `top` and `path` has its entry on disk. */
function expectDurableFolders(calls: readonly Seen[], top: string, path: string): void {
  const made = calls.findIndex(([call]) => call === 'mkdir');
  expect(made).not.toBe(-1);
  for (let at = dirname(path); at !== top; at = dirname(at)) {
    const above = dirname(at);
    expect([above, calls.slice(made).some(is('sync', above))]).toEqual([above, true]);
  }
}

/** Each file is alone in its folder: a sync for another file must not count for it. */
const FILES = { 'a/b/small': 'new', 'a/c/large': 'n'.repeat(300_000), last: 'new too' };

const open = () => new FileStore({ root: folder.path });

/** Returns the files in ranges, as S3 does. Small files are then written at once. */
function inRanges(store: FileStore): Store {
  const names = ['stat', 'exists', 'list', 'read', 'write', 'remove', 'removeEmptyFolders'] as const;
  const bound = names.map((name) => [name, (store[name] as (...args: unknown[]) => unknown).bind(store)]);
  return {
    ...Object.fromEntries(bound),
    ranges: { bytes: 1_000_000, atOnce: 1 },
    readRange: (location: Location, file: StoredFile, _: unknown, stop: AbortSignal) =>
      store.read(location, file, stop),
  } as unknown as Store;
}

const ROUTES: Readonly<Record<string, () => Stores>> = {
  'a copy within a file system': () => {
    const store = open();
    return { open: () => store };
  },
  'a stream': () => faultyStores({ open: () => open() }, { calls: [] }),
  'files that are written at once, and files that are written in ranges': () => {
    const [from, to] = [inRanges(open()), open()];
    return { open: (location) => (location.path.startsWith(join(folder.path, 'from')) ? from : to) };
  },
};

test.each(Object.keys(ROUTES))(
  '%s: each file and its folders are on disk before a source is removed',
  async (route) => {
    plant(join(folder.path, 'from'), FILES);
    const stores = ROUTES[route]!();
    const calls = watch();
    await syncData(
      syncRequest({
        source_path: join(folder.path, 'from'),
        destination_path: join(folder.path, 'new', 'to'),
        retain_source_data: false,
      }),
      undefined,
      worldOf(stores),
    );
    const removed = calls.findIndex(
      ([call, path]) => call === 'unlink' && path.startsWith(join(folder.path, 'from')),
    );
    expect(removed).not.toBe(-1);
    const untilRemoval = calls.slice(0, removed);
    for (const key of Object.keys(FILES)) {
      const path = join(folder.path, 'new', 'to', key);
      expectDurable(untilRemoval, path);
      expectDurableFolders(untilRemoval, folder.path, path);
    }
  },
);

test('an assembled file: each range is on disk before its mark, then the file and its folders', async () => {
  plant(folder.path, { 'from/large': 'n'.repeat(300_000) });
  const source = open();
  const from = localLocation(join(folder.path, 'from/large'));
  const path = join(folder.path, 'new/to/large');
  const file = await source.stat(from);
  const assembler = new FileAssembler({
    settings: { durable: true },
    mayCommit: async () => undefined,
    toPath: async (location) => location.path,
  });
  const calls = watch();
  const to = localLocation(path);
  const id = await assembler.begin(to, file!);
  const assembly = { source, from, file: file!, to, id };
  await assembler.copyRange(
    assembly,
    { from: 0, to: 300_000 },
    { signal, mayStart: () => true, onBytes: () => undefined },
  );
  await assembler.finish(assembly);
  expectDurable(calls, path);
  expectDurableFolders(calls, folder.path, path);
  const marked = calls.findIndex(([call, at]) => call === 'write' && at.endsWith('/0-300000'));
  expect(marked).not.toBe(-1);
  const content = join(dirname(calls[marked]![1]), 'content');
  expect(calls.slice(0, marked).some(is('sync', content))).toBe(true);
});

test('an environment file is on disk before it has its name', async () => {
  const calls = watch();
  const path = join(folder.path, 'variables');
  await workingFiles().writeFile({ path, content: "export A='1'" });
  const renamed = calls.findIndex(([call, paths]) => call === 'rename' && paths.endsWith(` ${path}`));
  const aside = calls[renamed]?.[1].split(' ')[0] ?? '';
  const steps = calls.filter(([, at]) => at === aside || at.startsWith(`${aside} `)).map(([call]) => call);
  expect(steps).toEqual(['write', 'sync', 'rename']);
});
