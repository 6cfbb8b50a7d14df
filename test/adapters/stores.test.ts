import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { FileStore } from '../../src/adapters/files/file-store';
import { S3Store } from '../../src/adapters/s3/s3-store';
import { awsStores } from '../../src/adapters/stores';
import { FileSystemNotMounted, UnsafePath } from '../../src/errors';
import { parseLocation } from '../../src/transfer/location';
import { plant, useFolder } from '../transfer/folders';

const folder = useFolder();
const stores = () =>
  awsStores(
    new S3Client({ region: 'us-west-2' }),
    [{ path: join(folder.path, 'mnt'), fileSystemId: 'fs-1', root: '/scratch' }],
    [join(folder.path, 'plain')],
  );
const statOf = (text: string) => stores().open(parseLocation(text)).stat(parseLocation(text));

beforeEach(() => plant(folder.path, { 'mnt/a': '1', 'plain/b': '22', 'secret/c': '333' }));

test('a file system is reached by its id and by its local path', async () => {
  expect(await statOf('fs-1:/scratch/a')).toMatchObject({ size: 1 });
  expect(await statOf(`${folder.path}/mnt/a`)).toMatchObject({ size: 1 });
  expect(await statOf(`${folder.path}/plain/b`)).toMatchObject({ size: 2 });
});

test('other local paths are refused', async () => {
  for (const path of ['secret/c', 'mnt-2/a', '']) {
    await expect(async () => statOf(`${folder.path}/${path}`)).rejects.toThrow(FileSystemNotMounted);
  }
  await expect(async () => statOf('fs-1:/other/a')).rejects.toThrow(FileSystemNotMounted);
  await expect(async () => statOf(`${folder.path}/mnt/../secret/c`)).rejects.toThrow(UnsafePath);
});

test('one store serves a mount and all buckets', () => {
  const all = stores();
  const open = (text: string) => all.open(parseLocation(text));
  expect(open('s3://one-bucket/a')).toBeInstanceOf(S3Store);
  expect(open('s3://one-bucket/a')).toBe(open('s3://another/b'));
  expect(open('fs-1:/scratch/a')).toBeInstanceOf(FileStore);
  expect(open('fs-1:/scratch/a')).toBe(open(`${folder.path}/mnt/b`));
});
