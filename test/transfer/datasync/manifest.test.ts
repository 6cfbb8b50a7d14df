import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { toTaskEnd } from '../../../src/transfer/datasync/ends';
import { manifestOf } from '../../../src/transfer/datasync/manifest';
import { parseLocation } from '../../../src/transfer/location';
import { readDataSyncRequest } from '../../../src/transfer/request';
import { folderStores, plant, useFolder } from '../folders';

const folder = useFolder();

const MOUNTS = [{ path: '/mnt/efs', fileSystemId: 'fs-1', root: '/' }];
const endOf = (path: string) => toTaskEnd(parseLocation(path), MOUNTS)!;

async function manifest(fields: object = {}, maxEntries = 1_000): Promise<string> {
  const request = readDataSyncRequest({
    source_path: 's3://bucket/in/',
    destination_path: 'fs-1:/out',
    ...fields,
  });
  const ends = { source: endOf('s3://bucket/in/'), destination: endOf('s3://bucket/out/'), maxEntries };
  const world = { stores: folderStores(folder.path), signal: new AbortController().signal };
  let text = '';
  for await (const lines of manifestOf(request, ends, world)) text += lines;
  return text;
}

const plantAll = (...keys: string[]) =>
  plant(join(folder.path, 's3/bucket/in'), Object.fromEntries(keys.map((key) => [key, '1'])));

test('has the files that the filters accept, relative to the source, in the order of the listing', async () => {
  plantAll('a/1.txt', 'a/1.log', 'b.txt', 'c/d/e.txt');
  expect(await manifest({ filter_config: { include: '.*\\.txt', exclude: 'b.*' } })).toBe(
    '"a/1.txt"\n"c/d/e.txt"\n',
  );
  expect(await manifest()).toBe('"a/1.log"\n"a/1.txt"\n"b.txt"\n"c/d/e.txt"\n');
});

test('a file with the name of a half-written one is refused, unless the filters leave it out', async () => {
  plantAll('a', '.0123456789ab.1.partial');
  await expect(manifest()).rejects.toThrow('".0123456789ab.1.partial" has a name of the service');
  expect(await manifest({ filter_config: { exclude: '.*partial' } })).toBe('"a"\n');
});

test('quotes commas, quotes and line ends', async () => {
  plantAll('a,b', 'say "so"', 'two\nlines', 'résumé');
  expect(await manifest()).toBe('"a,b"\n"résumé"\n"say ""so"""\n"two\nlines"\n');
});

test('with size_only it has the files that differ in size from the destination', async () => {
  plant(join(folder.path, 's3/bucket/in'), { a: '1', 'b/c': '12', 'b/d': '1', e: '1', 'f/g': '1' });
  plant(join(folder.path, 's3/bucket/out'), { 0: 'x', a: '2', 'b/a': '1', 'b/c': '1', e: '2', z: '1' });
  const fields = { destination_path: 's3://bucket/out/', size_only: true };
  expect(await manifest(fields)).toBe('"b/c"\n"b/d"\n"f/g"\n');
  expect(await manifest({ ...fields, size_only: false })).toContain('"a"');
  expect(await manifest({ ...fields, force: true })).toContain('"a"');
  plant(join(folder.path, 's3/bucket/out'), { 'b/c': '21', 'b/d': '1', 'f/g': '1' });
  expect(await manifest(fields)).toBe('');
});

describe('refuses', () => {
  test('a symbolic link', async () => {
    plantAll('a');
    symlinkSync('a', join(folder.path, 's3/bucket/in/z'));
    await expect(manifest()).rejects.toMatchObject({
      name: 'NotForDataSync',
      message: expect.stringMatching(/"z" is a symbolic/),
    });
  });

  test('a name of more than 255 bytes', async () => {
    const request = { source_path: 's3://bucket/in/', destination_path: 's3://bucket/out/' };
    const key = `${'x'.repeat(256)}/y`;
    const store = {
      exists: async () => true,
      list: async function* () {
        yield { key, size: 1 };
      },
    };
    const world = { stores: { open: () => store as never }, signal: new AbortController().signal };
    const ends = { source: endOf('s3://bucket/'), destination: endOf('s3://bucket/'), maxEntries: 9 };
    const lines = manifestOf(readDataSyncRequest(request), ends, world);
    await expect(lines.next()).rejects.toMatchObject({
      message: expect.stringMatching(/more than 255 bytes/),
    });
  });

  test('a source that is one file', async () => {
    plantAll('a');
    await expect(manifest({ source_path: 's3://bucket/in/a' })).rejects.toMatchObject({
      name: 'NotForDataSync',
    });
  });

  test('more entries than a task may have, folders included', async () => {
    plantAll('a/b/1', 'a/b/2', 'a/c/3', 'd');
    await expect(manifest({}, 6)).rejects.toMatchObject({
      name: 'NotForDataSync',
      message: expect.stringContaining('more than 6 files and folders'),
    });
    expect(await manifest({}, 7)).toContain('"d"');
  });
});

test('a link that leads outside is refused as the lambda engine refuses it', async () => {
  plantAll('a');
  symlinkSync('/etc/passwd', join(folder.path, 's3/bucket/in/z'));
  await expect(manifest()).rejects.toMatchObject({ name: 'UnsafePath' });
});
