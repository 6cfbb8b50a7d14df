import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileLeases } from '../../../src/adapters/files/file-leases';
import { fileOwnRecords } from '../../../src/adapters/files/file-own-records';
import { fileReaders } from '../../../src/adapters/files/file-readers';
import { fileSweepNotes } from '../../../src/adapters/files/file-sweep-notes';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { plant, useFolder } from '../../transfer/folders';

const DAY_MS = 24 * 3_600_000;
const folder = useFolder();
const mounts = () => [{ path: folder.path, fileSystemId: 'fs-1', root: '/' }];
const input = (name: string) => localLocation(join(folder.path, name));
const sweep = (days: number, isDryRun = false) =>
  fileOwnRecords(mounts()).sweep({ now: Date.now() + days * DAY_MS, isDryRun });

beforeEach(async () => {
  await mkdir(join(folder.path, 'there'));
  for (const name of ['there', 'gone']) await fileReaders(mounts()).add(input(name), 'execution');
  await fileSweepNotes(folder.path).write('sweep', 0, 'facts');
  await (await fileLeases({ mounts: mounts() }).open(input('there'))).propose('token', 1);
});

test('young records stay', async () => {
  expect(await sweep(0.9)).toEqual({});
});

test('stale leases, notes of stopped sweeps, and uses of missing inputs go; records of readers stay', async () => {
  const all = { lease: 1, sweep_notes: 1, last_use: 1 };
  expect(await sweep(3, true)).toEqual(all);
  expect(await sweep(3)).toEqual(all);
  expect(await sweep(3)).toEqual({});
  const records = join(folder.path, '.demand.leases');
  expect(readdirSync(records).sort()).toEqual(['readers', 'sweeps', 'used']);
  expect(readdirSync(join(records, 'readers'))).toHaveLength(2);
  expect(readdirSync(join(records, 'used'))).toHaveLength(1);
});

test('what killed calls have left goes after a day', async () => {
  const PARTIAL = '.0123456789ab.0123456789ab.partial';
  const REMOVING = '.0123456789ab.0123456789ab.removing';
  const left = {
    [`.demand.leases/readers/${PARTIAL}`]: '{',
    [`.demand.leases/used/${PARTIAL}`]: '',
    [`.demand.leases/${REMOVING}/1.claim`]: '{',
    [`.demand.leases/0123456789ab/${REMOVING}/1.claim`]: '{',
    [`.demand.kept/${PARTIAL}`]: '{',
    [`.demand.verified/${REMOVING}/in/a`]: '{',
    [`.demand.verified/0123456789ab/${PARTIAL}`]: '{',
  };
  plant(folder.path, left);
  const all = () =>
    readdirSync(folder.path, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /partial$|removing$/.test(name),
    );
  await sweep(0.9);
  expect(all()).toHaveLength(7);
  expect(await sweep(1.1, true)).toMatchObject({ temporary: 7 });
  expect(all()).toHaveLength(7);
  expect(await sweep(1.1)).toMatchObject({ temporary: 7 });
  expect(all()).toEqual([]);
});

test('records of readers that are older than any execution go', async () => {
  const readers = () => readdirSync(join(folder.path, '.demand.leases/readers'));
  await sweep(16);
  expect(readers()).toHaveLength(2);
  expect(await sweep(18, true)).toMatchObject({ reader: 2 });
  expect(readers()).toHaveLength(2);
  expect(await sweep(18)).toMatchObject({ reader: 2 });
  expect(readers()).toEqual([]);
});

test('a mount without records, and a foreign file among the leases, are left alone', async () => {
  const other = join(folder.path, 'there');
  expect(
    await fileOwnRecords([{ path: other, fileSystemId: 'fs-2', root: '/' }]).sweep({
      now: 0,
      isDryRun: false,
    }),
  ).toEqual({});
  const foreign = join(folder.path, '.demand.leases/foreign');
  await writeFile(foreign, 'x');
  await sweep(100);
  expect(existsSync(foreign)).toBe(true);
});
