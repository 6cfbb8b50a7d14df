import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '../../../src/adapters/files/file-store';
import { proveMounts } from '../../../src/adapters/files/mount-proofs';
import { FileSystemMismatch } from '../../../src/errors';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const mountOf = (fileSystemId: string, root = '/') => ({ path: folder.path, fileSystemId, root });
const PROOF = '.demand.file-system';

test('the first call names the file system at its root, and later calls accept it', async () => {
  await proveMounts([mountOf('fs-1')]);
  await proveMounts([mountOf('fs-1')]);
  expect(readdirSync(folder.path)).toEqual([PROOF]);
  expect(readFileSync(join(folder.path, PROOF), 'utf8')).toBe('fs-1:/\n');
});

test.each([
  ['another file system', 'fs-2', '/'],
  ['another access point of the file system', 'fs-1', '/scratch'],
])('a mount that shows %s is refused, and the file stays', async (_, id, root) => {
  await proveMounts([mountOf('fs-1')]);
  const refused = proveMounts([mountOf(id, root)]);
  await expect(refused).rejects.toThrow(FileSystemMismatch);
  await expect(refused).rejects.toThrow('names fs-1:/. Check the mounts');
  expect(readFileSync(join(folder.path, PROOF), 'utf8')).toBe('fs-1:/\n');
});

test('of the first calls for two file systems at one mount, only those for one of them pass', async () => {
  const calls = Array.from({ length: 40 }, (_, index) => `fs-${index % 2}`);
  const settled = await Promise.allSettled(calls.map((id) => proveMounts([mountOf(id)])));
  const passed = calls.filter((_, index) => settled[index]?.status === 'fulfilled');
  expect(passed).toHaveLength(20);
  expect(new Set(passed).size).toBe(1);
  expect(readdirSync(folder.path)).toEqual([PROOF]);
});

test('a mount that the process may only read is not proven', async () => {
  // The kernel makes no file there, also for root.
  await expect(proveMounts([{ path: '/sys', fileSystemId: 'fs-1', root: '/' }])).resolves.toBeUndefined();
});

test('a transfer of the whole file system leaves the file out', async () => {
  await proveMounts([mountOf('fs-1')]);
  plant(folder.path, { data: 'x' });
  const keys: string[] = [];
  const store = new FileStore({ root: folder.path });
  const { signal } = new AbortController();
  for await (const { key } of store.list(localLocation(`${folder.path}/`), signal)) keys.push(key);
  expect(keys).toEqual(['data']);
});
