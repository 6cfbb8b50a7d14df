import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileEntries } from '../../../src/adapters/files/file-entries';
import { UnsafePath } from '../../../src/errors';
import type { PathEntry } from '../../../src/paths/entries';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const { signal } = new AbortController();
const at = (path: string) => join(folder.path, path);

async function list(path: string, stop = signal, root = 'mnt'): Promise<PathEntry[]> {
  const entries = new FileEntries({ root: at(root), toPath: (location) => location.path });
  const found: PathEntry[] = [];
  for await (const entry of entries.list(localLocation(`${folder.path}/${path}`), stop)) found.push(entry);
  return found.sort((one, other) => (one.key < other.key ? -1 : 1));
}
const keysOf = async (path: string) => (await list(path)).map(({ key }) => key);

beforeEach(() => plant(folder.path, { 'mnt/a/1': '1', 'mnt/a/b/2': '22', 'mnt/c': '333', 'out/s': '4' }));

test('a folder is listed with all files below it', async () => {
  expect(await keysOf('mnt')).toEqual(['a/1', 'a/b/2', 'c']);
  expect(await keysOf('mnt/a/')).toEqual(['1', 'b/2']);
});

test('a file has its size, and its time in microseconds', async () => {
  utimesSync(at('mnt/c'), 1_700_000_000, 1_700_000_000);
  expect(await list('mnt/c')).toEqual([{ key: '', size: 3, modified: 1_700_000_000_000_000 }]);
});

test('a folder with more files than are described at once is listed whole', async () => {
  const names = Array.from({ length: 200 }, (_, index) => String(index).padStart(3, '0'));
  plant(at('mnt/many'), Object.fromEntries(names.map((name) => [name, name])));
  expect(await keysOf('mnt/many')).toEqual(names);
});

test('a missing path has no entries', async () => {
  expect(await list('mnt/absent/deeper')).toEqual([]);
});

test('an empty folder is an entry', async () => {
  mkdirSync(at('mnt/a/empty'));
  expect(await list('mnt/a/empty')).toMatchObject([{ key: '/', size: 0, isEmptyFolder: true }]);
  expect(await list('mnt/a')).toContainEqual(expect.objectContaining({ key: 'empty/', isEmptyFolder: true }));
});

test('links are entries, and are never followed', async () => {
  symlinkSync('../out', at('mnt/link'));
  symlinkSync('..', at('mnt/a/loop'));
  expect(await keysOf('mnt')).toEqual(['a/1', 'a/b/2', 'a/loop', 'c', 'link']);
  expect(await list('mnt/link')).toMatchObject([{ key: '', size: '../out'.length }]);
  await expect(list('mnt/link/s')).rejects.toThrow(UnsafePath);
});

test('a root that is a link is followed', async () => {
  symlinkSync('mnt', at('mounted'));
  const found = await list('mounted', signal, 'mounted');
  expect(found.map(({ key }) => key)).toEqual(['a/1', 'a/b/2', 'c']);
});

test('records of leases, readers and contents are not listed', async () => {
  plant(folder.path, { 'mnt/.demand.leases/readers/x': '1', 'mnt/.demand.verified/x': '1' });
  expect(await keysOf('mnt')).toEqual(['a/1', 'a/b/2', 'c']);
});

test('a name that is not UTF-8 is an entry, whose key shows the bytes, as are the entries below it', async () => {
  const bad = Buffer.concat([Buffer.from(at('mnt/a/é-')), Buffer.from([0xff])]);
  mkdirSync(bad);
  writeFileSync(Buffer.concat([bad, Buffer.from('/file')]), '12345');
  mkdirSync(Buffer.concat([bad, Buffer.from('/'), Buffer.from([0x80])]));
  const unnamed = { unnamedAt: 0, modified: expect.any(Number) };
  expect(await list('mnt/a')).toEqual([
    { key: '1', size: 1, modified: expect.any(Number) },
    { key: '\\xc3\\xa9-\\xff/\\x80/', size: 0, isEmptyFolder: true, ...unnamed },
    { key: '\\xc3\\xa9-\\xff/file', size: 5, ...unnamed },
    { key: 'b/2', size: 2, modified: expect.any(Number) },
  ]);
});

test('a folder without the right to read is unreadable', async () => {
  // Root may read every folder.
  const isRoot = process.getuid?.() === 0;
  chmodSync(at('mnt/a/b'), 0);
  const found = await list('mnt/a');
  chmodSync(at('mnt/a/b'), 0o755);
  expect(found.some(({ unreadable }) => unreadable !== undefined)).toBe(!isRoot);
});

test.each(['out', 'mnt/../out'])('the path %s is refused', async (path) => {
  await expect(list(path)).rejects.toThrow(UnsafePath);
});

test('an abort ends the listing', async () => {
  await expect(list('mnt', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
