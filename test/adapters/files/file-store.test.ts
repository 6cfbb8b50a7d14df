import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { FileStore } from '../../../src/adapters/files/file-store';
import { TransferMismatch, UnsafePath } from '../../../src/errors';
import type { Location } from '../../../src/transfer/location';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { s3Location } from '../../../src/transfer/schemes/s3';
import type { StoredFile } from '../../../src/transfer/store';
import { harvest, plant, useFolder } from '../../transfer/folders';
import { describeStore } from '../../transfer/store-contract';

const folder = useFolder();
const signal = new AbortController().signal;
const here = (path: string): Location => localLocation(join(folder.path, path));
const content = (of: string) => Readable.from([Buffer.from(of)]);

describeStore('folders', async () => ({
  store: new FileStore({ root: folder.path, durable: false }),
  base: localLocation(join(folder.path, 'base')),
}));

describeStore('folders that stand for buckets', async () => ({
  store: new FileStore({
    root: folder.path,
    toPath: (location) => join(folder.path, 'bucket', location.path),
  }),
  base: s3Location('bucket', 'some/prefix'),
}));

async function list(store: FileStore, location: Location): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for await (const file of store.list(location, signal)) files.push(file);
  return files;
}

test('a link within the listed folder is read as its content', async () => {
  plant(folder.path, { 'in/real': 'real' });
  symlinkSync('real', join(folder.path, 'in/link'));
  const store = new FileStore({ root: folder.path });
  const link = (await list(store, here('in'))).find((file) => file.key === 'link')!;
  expect(await text(store.read(here('in/link'), link, signal))).toBe('real');
});

describe('the root is not left', () => {
  beforeEach(() => {
    plant(folder.path, { 'root/a': 'a', 'outside/a': 'secret' });
    symlinkSync('../outside', join(folder.path, 'root/door'));
    mkdirSync(join(folder.path, 'root/inner'));
    symlinkSync('inner', join(folder.path, 'root/alias'));
  });
  const store = () => new FileStore({ root: join(folder.path, 'root') });

  test.each(['outside/a', 'root/door/a', 'root/door/new/a', 'root/../outside/a'])('by %s', async (path) => {
    await expect(store().write(here(path), content('1'), 1, signal)).rejects.toThrow(UnsafePath);
    await expect(store().stat(here(path))).rejects.toThrow(UnsafePath);
    await expect(store().remove(here(path))).rejects.toThrow(UnsafePath);
    await expect(text(store().read(here(path), { key: '', size: 1 }, signal))).rejects.toThrow(UnsafePath);
    await expect(list(store(), here(path))).rejects.toThrow(UnsafePath);
    expect(harvest(join(folder.path, 'outside'))).toEqual({ a: 'secret' });
  });

  test('by the listing of a linked folder', async () => {
    await expect(list(store(), here('root/door'))).rejects.toThrow(UnsafePath);
  });

  test('a write follows a link to a folder inside the root', async () => {
    await store().write(here('root/alias/b'), content('b'), 1, signal);
    expect(harvest(join(folder.path, 'root/inner'))).toEqual({ b: 'b' });
  });

  test('a missing root is not made', async () => {
    const unmounted = new FileStore({ root: join(folder.path, 'unmounted') });
    await expect(unmounted.write(here('unmounted/a'), content('1'), 1, signal)).rejects.toThrow(
      'does not exist',
    );
    expect(readdirSync(folder.path)).not.toContain('unmounted');
  });
});

test('an obstacle in the path is named', async () => {
  plant(folder.path, { file: '1', 'folder/x': '1' });
  const store = new FileStore({ root: folder.path });
  await expect(store.write(here('file/below'), content('1'), 1, signal)).rejects.toThrow(UnsafePath);
  await expect(store.write(here('folder'), content('1'), 1, signal)).rejects.toThrow(
    'is a folder instead of a file',
  );
  await expect(store.write(here('folder/'), content('1'), 1, signal)).rejects.toThrow(UnsafePath);
  expect(readdirSync(folder.path).sort()).toEqual(['file', 'folder']);
});

test('a copy has the content, not the mode', async () => {
  plant(folder.path, { a: 'content' });
  execFileSync('chmod', ['0400', join(folder.path, 'a')]);
  const store = new FileStore({ root: folder.path });
  const file = (await store.stat(here('a')))!;
  expect(await store.copyFrom(store, here('a'), file, here('new/b'), signal)).toBe(true);
  expect(harvest(join(folder.path, 'new'))).toEqual({ b: 'content' });
  expect(statSync(join(folder.path, 'new/b')).mode & 0o777).toBe(0o666 & ~process.umask());
});

test('a copy refuses a file that is not the listed version any more', async () => {
  plant(folder.path, { a: 'listed' });
  const store = new FileStore({ root: folder.path });
  const listed = (await store.stat(here('a')))!;
  plant(folder.path, { a: 'changed', b: 'old' });
  await expect(store.copyFrom(store, here('a'), listed, here('b'), signal)).rejects.toThrow(TransferMismatch);
  expect(harvest(folder.path)).toEqual({ a: 'changed', b: 'old' });
});
