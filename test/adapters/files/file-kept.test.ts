import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileKept } from '../../../src/adapters/files/file-kept';
import { fileSweep } from '../../../src/adapters/files/file-sweep';
import type { DirectoryToKeep, KeptDirectory } from '../../../src/paths/kept';
import { useFolder } from '../../transfer/folders';

const folder = useFolder();
const mounts = () =>
  ['a', 'b'].map((name) => ({ path: join(folder.path, name), fileSystemId: `fs-${name}`, root: '/' }));
const kept = (path: string, changes: Partial<KeptDirectory> = {}): KeptDirectory => ({
  execution: 'arn:aws:states:r:1:execution:demand:one',
  path,
  since: 1_000,
  reason: 'StoreOutputs was stopped',
  outputs: ['out/result'],
  hasMissingOutput: false,
  ...changes,
});
const at = (index: number) => {
  const mount = mounts()[index];
  if (mount === undefined) throw new TypeError('no such mount');
  return mount;
};
const plant = (index: number, path: string) => mkdirSync(join(at(index).path, path), { recursive: true });

/** The record of a directory before it is written. */
function toKeep(index: number, path: string, changes: Partial<KeptDirectory> = {}): DirectoryToKeep {
  const { path: _, ...record } = kept(path, changes);
  return { ...record, directory: at(index).path + path };
}

test('no record is listed before the first', async () => {
  expect(await fileKept(mounts()).list()).toEqual([]);
});

test('records of all mounts are listed, the oldest first', async () => {
  const records = fileKept(mounts());
  plant(0, 'scratch/new');
  plant(1, 'scratch/old');
  await records.note(toKeep(0, '/scratch/new', { since: 2_000 }));
  await records.note(toKeep(1, '/scratch/old'));
  expect(await records.list()).toEqual([
    { mount: at(1), kept: kept('/scratch/old') },
    { mount: at(0), kept: kept('/scratch/new', { since: 2_000 }) },
  ]);
});

test('a second record of one execution keeps the time of the first; another execution begins again', async () => {
  const records = fileKept(mounts());
  plant(0, 'scratch/one');
  const note = (changes: Partial<KeptDirectory>) => records.note(toKeep(0, '/scratch/one', changes));
  await note({});
  await note({ since: 5_000, reason: 'StoreOutputs failed' });
  expect(await records.list()).toMatchObject([{ kept: { since: 1_000, reason: 'StoreOutputs failed' } }]);
  await note({ since: 6_000, execution: 'arn:another' });
  expect(await records.list()).toMatchObject([{ kept: { since: 6_000, execution: 'arn:another' } }]);
});

test('a dropped record is gone, and may be dropped again', async () => {
  const records = fileKept(mounts());
  plant(0, 'scratch/one');
  const one = join(at(0).path, 'scratch/one');
  await records.note(toKeep(0, '/scratch/one'));
  await records.drop(one);
  await records.drop(one);
  expect(await records.list()).toEqual([]);
});

test('the record of a directory that is gone is removed', async () => {
  const records = fileKept(mounts());
  plant(0, 'scratch/one');
  await records.note(toKeep(0, '/scratch/one'));
  rmSync(join(at(0).path, 'scratch/one'), { recursive: true });
  expect(await records.list()).toEqual([]);
  expect(readdirSync(join(at(0).path, '.demand.kept'))).toEqual([]);
});

test('a directory that a sweep has moved aside is not gone', async () => {
  const records = fileKept(mounts());
  plant(0, 'scratch/one');
  await records.note(toKeep(0, '/scratch/one'));
  const volume = { path: join(at(0).path, 'scratch'), root: at(0).path };
  const aside = await fileSweep.setAside(volume, 'one');
  expect(await records.list()).toHaveLength(1);
  if (aside !== undefined) await fileSweep.putBack(volume, aside);
  expect(await records.list()).toHaveLength(1);
});

test('a dry run keeps the record of a directory that is gone', async () => {
  const records = fileKept(mounts());
  await records.note(toKeep(0, '/scratch/one'));
  expect(await records.list({ isDryRun: true })).toEqual([]);
  expect(readdirSync(join(at(0).path, '.demand.kept'))).toHaveLength(1);
});

test('a text that is no record does not hide the other records', async () => {
  const records = fileKept(mounts());
  plant(0, 'scratch/one');
  await records.note(toKeep(0, '/scratch/one'));
  for (const [index, text] of ['', '{"path":', '{}', 'null'].entries())
    writeFileSync(join(at(0).path, '.demand.kept', `${index}`.padStart(40, '0')).concat('.json'), text);
  expect((await records.list()).map((each) => each.kept.path)).toEqual(['/scratch/one']);
});

test.each([
  ['nobody, as the job has removed the file', undefined, 1],
  ['the execution of the record', kept('/').execution, 1],
  ['the execution before it, in the middle of a take-over', 'arn:before', 1],
  ['another execution, which has made a new directory', 'arn:another', 0],
])('a directory of %s is listed so often: %#', async (_, owner, count) => {
  const records = fileKept(mounts());
  plant(0, 'scratch/one');
  if (owner !== undefined) writeFileSync(join(at(0).path, 'scratch/one/.demand.owner'), owner);
  await records.note(toKeep(0, '/scratch/one', { previous: 'arn:before' }));
  expect(await records.list()).toHaveLength(count);
});
