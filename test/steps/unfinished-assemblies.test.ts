/** Unfinished assemblies of large files: of another version, of another execution, or abandoned. */
import { readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { TransferMismatch } from '../../src/errors';
import { formatLocation, type Location } from '../../src/transfer/location';
import { harvest } from '../transfer/folders';
import { plantLarge, useLargeFiles, work } from './large-files-world';

const { arrived, folder, plan, source, world } = useLargeFiles();

test('an old assembly of another version is removed when an assembly begins', async () => {
  const left = () => readdirSync(join(folder.path, 'out/a/.demand.partial'));
  await plan();
  const [old = ''] = left();
  plantLarge(source(), 'newer');
  utimesSync(source(), 1, 1);
  await plan();
  expect(left()).toHaveLength(2);
  plantLarge(source(), 'newest');
  utimesSync(join(folder.path, 'out/a/.demand.partial', old, 'content'), 1, 1);
  await plan();
  expect(left()).toHaveLength(2);
  expect(left()).not.toContain(old);
});

test('a file that changes after the plan has no ranges of two versions', async () => {
  const { batches, finish_request } = await plan();
  await work({ batch: batches[0] }, world);
  plantLarge(source(), 'other text');
  utimesSync(source(), 1, 1);
  const rest = Promise.all(batches.slice(1).map((batch) => work({ batch }, world)));
  await expect(rest).rejects.toThrow(TransferMismatch);
  await expect(work({ finish_request }, world)).rejects.toThrow(TransferMismatch);
  expect(() => arrived()).toThrow('ENOENT');
});

test.each([
  ['are removed in S3', 's3://bucket/out', () => join(folder.path, 's3/bucket/out'), 0],
  ['stay on a file system, for a later plan', '', () => join(folder.path, 'out'), 1],
])('the ranges of abandoned batches %s', async (_, destination, place, left) => {
  const { batches } = await plan({ destination_path: destination || `${folder.path}/out`, engine: 'lambda' });
  await work({ batch: batches[0] }, world);
  expect(await work({ abandoned_batches: batches }, world)).toMatchObject({ status: 'DONE' });
  const contents = Object.keys(harvest(place())).filter((key) => key.endsWith('/content'));
  expect(contents).toHaveLength(left);
});

test('a failure for one abandoned batch does not stop the others', async () => {
  plantLarge(join(folder.path, 's3/bucket/in/other/large'), 'some text');
  const { batches } = await plan({ destination_path: 's3://bucket/out', engine: 'lambda' });
  const { stores } = world();
  const open = (each: Location) => {
    if (formatLocation(each).endsWith('out/a/large')) throw new Error('not this one');
    return stores.open(each);
  };
  const abandon = work({ abandoned_batches: batches }, () => world({ stores: { open } }));
  await expect(abandon).rejects.toThrow('not this one');
  expect(readdirSync(join(folder.path, 's3/bucket/out/a'))).toContain('.demand.partial');
  expect(readdirSync(join(folder.path, 's3/bucket/out/other'))).toEqual([]);
});

test('an assembly of the same version by another execution does not hide the finished file', async () => {
  const { batches, finish_request } = await plan();
  for (const batch of batches) await work({ batch }, world);
  await plan();
  expect(await work({ finish_request }, world)).toMatchObject({ status: 'DONE' });
});

test('an old assembly of another file in the folder is removed when an assembly begins', async () => {
  const left = () => readdirSync(join(folder.path, 'out/a/.demand.partial'));
  await plan();
  const [old = ''] = left();
  utimesSync(join(folder.path, 'out/a/.demand.partial', old, 'content'), 1, 1);
  plantLarge(join(folder.path, 's3/bucket/in/a/other'), 'other');
  rmSync(source());
  await plan();
  expect(left()).toHaveLength(1);
  expect(left()).not.toContain(old);
});
