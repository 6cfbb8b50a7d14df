import { join } from 'node:path';
import { pathListing } from '../../src/adapters/path-listing';
import { FileSystemNotMounted, UnsafePath } from '../../src/errors';
import { parseLocation } from '../../src/transfer/location';
import { plant, useFolder } from '../transfer/folders';
import { scripted } from './s3/scripted-s3';

const folder = useFolder();
const { signal } = new AbortController();
const { client, sent } = scripted(() => ({
  body: '<ListBucketResult><Contents><Key>in/x</Key><Size>3</Size></Contents></ListBucketResult>',
}));

async function keysOf(text: string): Promise<string[]> {
  const mounts = [{ path: join(folder.path, 'mnt'), fileSystemId: 'fs-1', root: '/scratch' }];
  const keys: string[] = [];
  const entries = pathListing(client, mounts).list(parseLocation(text), signal);
  for await (const { key } of entries) keys.push(key);
  return keys;
}

beforeEach(() => plant(folder.path, { 'mnt/a/1': '1', 'out/s': '4' }));

test('a mounted file system is listed by its id and by its local path', async () => {
  expect(await keysOf('fs-1:/scratch')).toEqual(['a/1']);
  expect(await keysOf(`${folder.path}/mnt/a`)).toEqual(['1']);
});

test('a bucket is listed', async () => {
  expect(await keysOf('s3://bucket/in/')).toEqual(['x']);
  expect(sent[0]).toMatchObject({ query: { 'list-type': '2', prefix: 'in/' } });
});

test.each(['fs-1:/other', 'fs-2:/scratch'])('%s is in no mount', async (text) => {
  await expect(keysOf(text)).rejects.toThrow(FileSystemNotMounted);
});

test('paths outside of the mounts are refused', async () => {
  await expect(keysOf(`${folder.path}/out`)).rejects.toThrow(FileSystemNotMounted);
  await expect(keysOf('fs-1:/scratch/../out')).rejects.toThrow(UnsafePath);
});
