import { existsSync, readdirSync, renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileLeaseFacts, removeStaleLeases } from '../../../src/adapters/files/file-lease-facts';
import { fileLeases } from '../../../src/adapters/files/file-leases';
import { acquireLease } from '../../../src/transfer/lease/lease';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { useFolder } from '../../transfer/folders';

const DAY_MS = 24 * 3_600_000;
const folder = useFolder();
const mounts = () => [{ path: folder.path, fileSystemId: 'fs-1', root: '/' }];
const at = (path: string) => localLocation(join(folder.path, path));
const facts = (aheadMs = 0) => fileLeaseFacts(mounts(), () => Date.now() + aheadMs);
const options = { name: 'a', signal: new AbortController().signal, mayWait: () => false };

async function acquire(path: string) {
  const leases = fileLeases({ mounts: mounts() });
  return acquireLease(await leases.open(at(path)), options, leases);
}

const files = () =>
  readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

test('a lease holds its path, the folders around it and the paths in it, and nothing beside them', async () => {
  const lease = await acquire('shared/key/b');
  for (const held of ['shared', 'shared/key', 'shared/key/b', 'shared/key/b/c'])
    expect([held, await facts().isLeased(at(held))]).toEqual([held, true]);
  for (const free of ['shared/key/a', 'shared/other', 'tmp'])
    expect([free, await facts().isLeased(at(free))]).toEqual([free, false]);
  await lease.release();
});

test('the empty folder of an ended lease is no lease', async () => {
  const leases = fileLeases({ mounts: mounts() });
  await (await acquire('shared/key')).release();
  await leases.revoke(at('shared/key'));
  for (const free of ['shared', 'shared/key', 'shared/other', 'tmp'])
    expect([free, await facts().isLeased(at(free))]).toEqual([free, false]);
});

test('a lease without a sign of life for an hour holds nothing', async () => {
  await (await acquire('shared/key')).release();
  expect(await facts(3_500_000).isLeased(at('shared/key'))).toBe(true);
  expect(await facts(3_700_000).isLeased(at('shared/key'))).toBe(false);
});

test('stale leases go, live ones stay, also around and below each other', async () => {
  const leases = [await acquire('shared/stale'), await acquire('shared'), await acquire('shared/live/inner')];
  for (const lease of leases) await lease.release();
  const old = Date.now() / 1_000 - 2 * 24 * 3_600;
  const live = (await fileLeases({ mounts: mounts() }).open(at('shared/live/inner'))) as unknown as {
    folder: string;
  };
  for (const file of files()) if (!file.startsWith(live.folder)) utimesSync(file, old, old);
  const mode = { now: Date.now(), isDryRun: false };
  expect(await removeStaleLeases(folder.path, DAY_MS, { ...mode, isDryRun: true })).toBe(1);
  expect(await removeStaleLeases(folder.path, DAY_MS, mode)).toBe(1);
  expect(existsSync(live.folder)).toBe(true);
  expect(
    await removeStaleLeases(folder.path, DAY_MS, { ...mode, now: Date.now() + 2 * DAY_MS }),
  ).toBeGreaterThan(0);
  expect(files()).toEqual([]);
});

test('a writer whose stale lease was removed takes it again', async () => {
  await (await acquire('shared/key')).release();
  await removeStaleLeases(folder.path, DAY_MS, { now: Date.now() + 2 * DAY_MS, isDryRun: false });
  const lease = await acquire('shared/key');
  await lease.check();
  await lease.release();
});

test('the holder of a removed lease commits nothing more', async () => {
  const lease = await acquire('shared/key');
  await removeStaleLeases(folder.path, DAY_MS, { now: Date.now() + 2 * DAY_MS, isDryRun: false });
  await expect(lease.check()).rejects.toMatchObject({ name: 'LeaseLost' });
  await lease.release();
});

test('a revoked lease that is being removed holds nothing', async () => {
  const lease = await acquire('shared/key');
  await lease.release();
  const [leases = ''] = readdirSync(join(folder.path, '.demand.leases'));
  const shared = join(folder.path, '.demand.leases', leases);
  const [key = ''] = readdirSync(shared);
  renameSync(join(shared, key), join(shared, '.0123456789ab.0123456789ab.removing'));
  expect(await facts().isLeased(at('shared'))).toBe(false);
});
