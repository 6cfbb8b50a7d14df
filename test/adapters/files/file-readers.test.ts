import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileLeases } from '../../../src/adapters/files/file-leases';
import { fileReaders } from '../../../src/adapters/files/file-readers';
import { FileStore } from '../../../src/adapters/files/file-store';
import { FileTrees } from '../../../src/adapters/files/file-trees';
import { workingFiles } from '../../../src/adapters/files/working-files';
import { SINGLE_FUNCTION } from '../../../src/efs/function-routing';
import { DataPathInUse, RemovalFailed, UnsafePath } from '../../../src/errors';
import type { Trees } from '../../../src/paths/remove';
import { UNRESTRICTED } from '../../../src/rules/model';
import { dataSync } from '../../../src/steps/data-sync';
import { removeDataPaths } from '../../../src/steps/remove-data-paths';
import type { DataSyncWorld } from '../../../src/steps/transfer-results';
import { NFS_LEASE } from '../../../src/transfer/lease/claims';
import { acquireLease } from '../../../src/transfer/lease/lease';
import { toMountedPath } from '../../../src/transfer/mounts';
import { efsLocation } from '../../../src/transfer/schemes/file-systems';
import { S3 } from '../../../src/transfer/schemes/s3';
import { waitUntil } from '../../cli/waiting';
import { folderStores, harvest, plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const signal = new AbortController().signal;
const SHARED = 'fs-1:/shared/key';

const mounts = () => [{ path: join(folder.path, 'efs'), fileSystemId: 'fs-1', root: '/' }];
const leases = () => fileLeases({ mounts: mounts(), settings: { ...NFS_LEASE, pollMs: 5 } });
const readers = () => fileReaders(mounts());
const records = () => readdirSync(join(folder.path, 'efs/.demand.leases/readers'));
const data = () => harvest(join(folder.path, 'efs/shared'));

function world(): DataSyncWorld {
  const files = new FileStore({
    toPath: (location) => toMountedPath(location, mounts()).path,
    durable: false,
  });
  return {
    stores: {
      open: (location) => (location.scheme === S3 ? folderStores(folder.path).open(location) : files),
    },
    signal,
    settings: {
      rules: UNRESTRICTED,
      mounts: mounts(),
      routing: SINGLE_FUNCTION,
      inlineLimits: { maxBytes: 100, maxFiles: 10 },
    },
    time: { remainingMs: () => 900_000 },
    report: () => undefined,
    readJson: async () => [],
    leases: leases(),
    readers: readers(),
  };
}

const stage = (reader?: string, destination = SHARED) =>
  dataSync(
    {
      data_sync_request: {
        source_path: 's3://bucket/in/',
        destination_path: destination,
        delete: false,
        size_only: true,
        require_lock: true,
      },
      inline: true,
      reader,
    },
    world(),
  );
const removal = (trees: Trees) => ({
  trees,
  settings: { mounts: mounts(), routing: SINGLE_FUNCTION, rules: UNRESTRICTED },
  signal,
  use: { leases: leases(), readers: readers() },
});
const remove = (paths: string[], reader?: string) =>
  removeDataPaths({ requests: [{ paths }], reader }, removal(new FileTrees()));

beforeEach(() => {
  plant(join(folder.path, 's3/bucket/in'), { a: 'x', b: 'y' });
  plant(join(folder.path, 'efs/shared'), { 'other/c': 'z' });
});

test('an input is kept until the last of its readers is done', async () => {
  await stage('one');
  expect(await stage('two')).toMatchObject({ status: 'DONE', result: { files_transferred: 0 } });
  await expect(remove([SHARED])).rejects.toThrow(/\/shared\/key: DataPathInUse: .* of one, two|two, one/);
  expect(await remove([], 'one')).toEqual({ size_bytes_removed: 0, paths_removed: [] });
  await expect(remove([SHARED])).rejects.toThrow(DataPathInUse);
  expect(data()).toEqual({ 'key/a': 'x', 'key/b': 'y', 'other/c': 'z' });
  expect(await remove([SHARED], 'two')).toEqual({ size_bytes_removed: 2, paths_removed: [SHARED] });
  expect(data()).toEqual({ 'other/c': 'z' });
  expect(records()).toEqual([]);
});

test.each(['fs-1:/shared', `${SHARED}/a`, `${SHARED}/`])(
  'the input stays for the removal of %s',
  async (path) => {
    await stage('one');
    await expect(remove([path])).rejects.toThrow(DataPathInUse);
    expect(data()).toMatchObject({ 'key/a': 'x', 'key/b': 'y' });
  },
);

test('inputs without readers are removed, and each failure is reported', async () => {
  await stage('one');
  await expect(remove([SHARED, 'fs-1:/shared/other'])).rejects.toThrow(DataPathInUse);
  expect(data()).toEqual({ 'key/a': 'x', 'key/b': 'y' });
  const trees = { removeTree: async () => ({ bytes: 0, failures: ['x: EBUSY'] }) };
  const both = removeDataPaths({ paths: [SHARED, 'fs-1:/other'] }, removal(trees));
  await expect(both).rejects.toThrow(RemovalFailed);
  await expect(both).rejects.toThrow(/2 path.*DataPathInUse.*x: EBUSY/);
  await expect(remove([SHARED, 'fs-1:/'])).rejects.toThrow(UnsafePath);
});

test('an input that needs several calls is kept from the first call on', async () => {
  plant(join(folder.path, 's3/bucket/in'), { large: 'x'.repeat(200) });
  expect(await stage('one')).toMatchObject({ status: 'TOO_LARGE' });
  await expect(remove([SHARED])).rejects.toThrow(DataPathInUse);
});

test('the working directory of an execution needs no record', async () => {
  await workingFiles().claimDirectory(join(folder.path, 'efs/scratch/run'), 'one');
  await stage('one', 'fs-1:/scratch/run/deep/in');
  expect(await remove(['fs-1:/scratch/run'])).toMatchObject({ paths_removed: ['fs-1:/scratch/run'] });
  await stage('one', 'fs-1:/scratch/other/in');
  await expect(remove(['fs-1:/scratch/other'])).rejects.toThrow(DataPathInUse);
});

test('a transfer without a reader makes no record', async () => {
  await stage();
  expect(await remove([SHARED])).toMatchObject({ size_bytes_removed: 2 });
});

test('a record that is older than any execution does not count', async () => {
  await stage('one');
  const [record = ''] = records();
  const days = (count: number) => Date.now() / 1000 - count * 24 * 3600;
  const path = join(folder.path, 'efs/.demand.leases/readers', record);
  utimesSync(path, days(16), days(16));
  await expect(remove([SHARED])).rejects.toThrow(DataPathInUse);
  utimesSync(path, days(18), days(18));
  expect(await remove([SHARED])).toMatchObject({ size_bytes_removed: 2 });
});

test('a record that does not tell its reader keeps all inputs, and the error names it', async () => {
  await stage('one');
  const [record = ''] = records();
  writeFileSync(join(folder.path, 'efs/.demand.leases/readers', record), '{"execution":');
  await expect(remove([SHARED])).rejects.toThrow(`${record} does not tell its reader`);
});

test('a transfer during the removal stages the input again', async () => {
  await stage('one');
  await remove([], 'one');
  let staged: Promise<unknown> | undefined;
  const trees = {
    removeTree: async (path: string, root: string) => {
      // All files still exist, and the transfer would skip them if it did not wait.
      staged = stage('two');
      await waitUntil('its record', () => records().length > 0);
      return new FileTrees().removeTree(path, root, signal);
    },
  };
  await removeDataPaths({ paths: [SHARED] }, removal(trees));
  await staged;
  expect(data()).toMatchObject({ 'key/a': 'x', 'key/b': 'y' });
});

test('a removal revokes the lease of a writer', async () => {
  const location = efsLocation('fs-1', '/scratch/run/in');
  const options = { name: 'in', signal, mayWait: () => false };
  const lease = await acquireLease(await leases().open(location), options, leases());
  await remove(['fs-1:/scratch/run']);
  await expect(lease.check()).rejects.toThrow('ran out or went to another writer');
  await lease.release();
});
