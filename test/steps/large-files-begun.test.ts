/** Large files that were begun: of another version, by another execution, or never to be finished. */
import { readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '../../src/adapters/files/file-store';
import { TransferMismatch } from '../../src/errors';
import { dataSync } from '../../src/steps/data-sync';
import { formatLocation, type Location } from '../../src/transfer/location';
import { S3 } from '../../src/transfer/schemes/s3';
import { harvest } from '../transfer/folders';
import { MIB, plantLarge, useLargeFiles, work } from './large-files-world';

const { arrived, folder, hasty, plan, request, source, world } = useLargeFiles();

test('what was begun of another version, and left, goes when a new one is begun', async () => {
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

test('a file that changes after the plan is not mixed', async () => {
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
  ['S3 is removed', 's3://bucket/out', () => join(folder.path, 's3/bucket/out'), 0],
  ['a file system stays for a later plan', '', () => join(folder.path, 'out'), 1],
])('what batches that will not be finished have brought to %s', async (_, destination, place, left) => {
  const { batches } = await plan({ destination_path: destination || `${folder.path}/out`, engine: 'lambda' });
  await work({ batch: batches[0] }, world);
  expect(await work({ abandoned_batches: batches }, world)).toMatchObject({ status: 'DONE' });
  const contents = Object.keys(harvest(place())).filter((key) => key.endsWith('/content'));
  expect(contents).toHaveLength(left);
});

test('that one of them cannot be given up does not keep the others', async () => {
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

test('a file that arrived is not missing because another execution has begun the same version anew', async () => {
  const { batches, finish_request } = await plan();
  for (const batch of batches) await work({ batch }, world);
  await plan();
  expect(await work({ finish_request }, world)).toMatchObject({ status: 'DONE' });
});

test('an upload that was begun for one file, and fails, leaves no parts', async () => {
  class Refusing extends FileStore {
    override async openFile(): Promise<never> {
      throw Object.assign(new Error('no'), { name: 'EIO' });
    }
  }
  plantLarge(join(folder.path, 'from/large'), 'some text');
  const { stores } = world();
  const files = new Refusing({ root: folder.path, durable: false });
  const at = world({ stores: { open: (each) => (each.scheme === S3 ? stores.open(each) : files) } });
  const data_sync_request = { source_path: `${folder.path}/from/`, destination_path: 's3://bucket/to/' };
  await expect(work({ data_sync_request }, () => at, '[0,null,""]')).rejects.toThrow('no');
  expect(readdirSync(join(folder.path, 's3/bucket/to'))).toEqual([]);
});

test('what was begun of any file of the folder, and left, goes when another is begun', async () => {
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

test('a file that changes between the calls which it takes is not mixed', async () => {
  const data_sync_request = request();
  const first = await dataSync({ data_sync_request, cursor: '[0,"a/before",""]' }, hasty(1));
  expect(first).toMatchObject({ status: 'INCOMPLETE', result: { bytes_transferred: 64 * MIB } });
  plantLarge(source(), 'other one');
  const { cursor } = first as { cursor: string };
  expect((await work({ data_sync_request }, world, cursor)).status).toBe('DONE');
  expect(arrived().equals(readFileSync(source()))).toBe(true);
  expect(readdirSync(join(folder.path, 'out/a'))).not.toContain('.demand.partial');
});
