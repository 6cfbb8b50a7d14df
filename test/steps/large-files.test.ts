/** Large files of a plan: several batches copy the ranges of one file. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DataSourceMissing, UnsafePath } from '../../src/errors';
import { harvest, plant } from '../transfer/folders';
import { SIZE, useLargeFiles, work } from './large-files-world';

const { arrived, folder, hasty, plan, source, world } = useLargeFiles();

test('batches share a large file and no small file, and all files arrive', async () => {
  const { batches, finish_request } = await plan();
  const requests = batches.flatMap((batch) => batch.requests);
  expect(requests.filter(({ byte_range }) => byte_range !== undefined).length).toBeGreaterThan(1);
  const results = await Promise.all(batches.map((batch) => work({ batch }, world)));
  expect(arrived().equals(readFileSync(source()))).toBe(true);
  const { 'a/large': _, ...small } = harvest(join(folder.path, 'out'));
  expect(small).toEqual({ 'a/before': '1', b: '2', 'c/d': '3' });
  const files = results.reduce((sum, { result }) => sum + result.files_transferred, 0);
  const bytes = results.reduce((sum, { result }) => sum + result.bytes_transferred, 0);
  expect([files, bytes]).toEqual([4, SIZE + 3]);
  expect(await work({ finish_request }, world)).toMatchObject({ status: 'DONE', calls: 1 });
});

test('calls with little time copy a file together', async () => {
  const { batches } = await plan();
  for (const batch of batches) expect((await work({ batch }, () => hasty(2))).status).toBe('DONE');
  expect(arrived().equals(readFileSync(source()))).toBe(true);
});

test('a repeated batch after the last one copies nothing', async () => {
  const { batches } = await plan();
  for (const batch of batches) await work({ batch }, world);
  const again = await Promise.all(batches.map((batch) => work({ batch }, world)));
  expect(again.map(({ status, result }) => [status, result.bytes_transferred])).toEqual(
    batches.map(() => ['DONE', 0]),
  );
});

test('a plan has no ranges of a large file that the destination has', async () => {
  for (const batch of (await plan()).batches) await work({ batch }, world);
  const again = await plan({ size_only: true });
  expect(again.batches.flatMap((batch) => batch.requests).every((each) => !('byte_range' in each))).toBe(
    true,
  );
  expect(await work({ finish_request: again.finish_request }, world)).toMatchObject({ status: 'DONE' });
});

test('a second plan continues the assembly of an abandoned plan', async () => {
  const first = await plan();
  await work({ batch: first.batches[0] }, world);
  const second = await plan();
  const rest = await Promise.all(second.batches.map((batch) => work({ batch }, world)));
  expect(arrived().equals(readFileSync(source()))).toBe(true);
  const bytes = rest.reduce((sum, { result }) => sum + result.bytes_transferred, 0);
  expect(bytes).toBeLessThan(SIZE);
});

test('the end of a transfer without its large file is refused', async () => {
  const { finish_request } = await plan();
  await expect(work({ finish_request }, world)).rejects.toThrow(/a\/large has no/);
});

test('a plan refuses a transfer that cannot finish', async () => {
  const inside = {
    source_path: `${folder.path}/s3/bucket`,
    destination_path: `${folder.path}/s3/bucket/in/c`,
  };
  await expect(plan({ ...inside, retain_source_data: false })).rejects.toThrow(UnsafePath);
  await expect(plan({ source_path: 's3://bucket/none/' })).rejects.toThrow(DataSourceMissing);
});

test('a file that is removed after the plan does not fail its batch', async () => {
  const { batches } = await plan({ filter_config: { exclude: 'b2' } });
  plant(join(folder.path, 's3/bucket/in'), { b2: 'not wanted' });
  rmSync(join(folder.path, 's3/bucket/in/b'));
  rmSync(join(folder.path, 's3/bucket/in/c/d'));
  for (const batch of batches) expect((await work({ batch }, world)).status).toBe('DONE');
});
