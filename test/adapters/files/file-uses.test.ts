import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileReaders } from '../../../src/adapters/files/file-readers';
import { fileUses } from '../../../src/adapters/files/file-uses';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { useFolder } from '../../transfer/folders';

const folder = useFolder();
const mounts = () => [{ path: folder.path, fileSystemId: 'fs-1', root: '/' }];
const input = () => localLocation(join(folder.path, 'shared/key'));
const records = () => join(folder.path, '.demand.leases/used');
const lastUses = () => fileUses(mounts()).around(input());

function makeOld(): void {
  for (const name of readdirSync(records())) utimesSync(join(records(), name), 1_000, 1_000);
}

test('a reader that registers is a use', async () => {
  await fileReaders(mounts()).add(input(), 'execution');
  const [use, ...others] = await lastUses();
  expect(others).toEqual([]);
  expect(use?.location).toEqual(input());
  expect(Date.now() - (use?.usedAt ?? 0)).toBeLessThan(60_000);
});

test('a second reader renews the record, and so does the end of a reader', async () => {
  const readers = fileReaders(mounts());
  await readers.add(input(), 'one');
  makeOld();
  await readers.add(input(), 'other');
  expect((await lastUses())[0]?.usedAt).toBeGreaterThan(1_000_000);
  makeOld();
  await readers.drop('one');
  expect(await lastUses()).toHaveLength(1);
  expect((await lastUses())[0]?.usedAt).toBeGreaterThan(1_000_000);
});

test('the record stays after its last reader, until it is forgotten', async () => {
  const readers = fileReaders(mounts());
  await readers.add(input(), 'one');
  await readers.drop('one');
  expect(await readers.around(input())).toEqual([]);
  expect(await lastUses()).toHaveLength(1);
  await fileUses(mounts()).forget(input());
  await fileUses(mounts()).forget(input());
  expect(await lastUses()).toEqual([]);
});
