import { join } from 'node:path';
import { DataSourceMissing } from '../../src/errors';
import { measureSource } from '../../src/transfer/source';
import { faultyStores } from './faulty-store';
import { folderStores, plant, syncRequest, useFolder, worldOf } from './folders';

const folder = useFolder();
const NONE = { maxBytes: Number.MAX_SAFE_INTEGER, maxFiles: Number.MAX_SAFE_INTEGER };

beforeEach(() => plant(join(folder.path, 'out'), { a: '1', b: '22', c: '333' }));

const measure = (limits: { maxBytes: number; maxFiles: number }, fields = {}, calls: string[] = []) => {
  const request = { source_path: `${folder.path}/out`, destination_path: 's3://bucket/o', ...fields };
  return measureSource(
    syncRequest(request),
    limits,
    worldOf(faultyStores(folderStores(folder.path), { calls })),
  );
};

test('counts what the filters accept', async () => {
  expect(await measure(NONE)).toEqual({ files: 3, bytes: 6, exceeds: false });
  const filtered = { filter_config: { exclude: 'b' } };
  expect(await measure(NONE, filtered)).toEqual({ files: 2, bytes: 4, exceeds: false });
});

test.each([
  [{ maxBytes: 6, maxFiles: 3 }, false],
  [{ maxBytes: 5, maxFiles: 3 }, true],
  [{ maxBytes: 6, maxFiles: 2 }, true],
])('%j', async (limits, exceeds) => {
  expect(await measure(limits)).toMatchObject({ exceeds });
});

test('lists no further than it must', async () => {
  const calls: string[] = [];
  expect(await measure({ maxBytes: 0, maxFiles: 10 }, {}, calls)).toEqual({
    files: 1,
    bytes: 1,
    exceeds: true,
  });
  expect(calls).toEqual([`list ${folder.path}/out`]);
});

test('a file source is seen by filters under its name', async () => {
  const one = { source_path: `${folder.path}/out/b`, filter_config: { include: 'b' } };
  expect(await measure(NONE, one)).toMatchObject({ files: 1 });
});

test('an empty folder is there, a missing one is not', async () => {
  plant(folder.path, { 'empty/.0123456789ab.00ff.partial': '' });
  expect(await measure(NONE, { source_path: `${folder.path}/empty` })).toMatchObject({ files: 0 });
  const missing = { source_path: `${folder.path}/missing` };
  await expect(measure(NONE, missing)).rejects.toThrow(DataSourceMissing);
  expect(await measure(NONE, { ...missing, fail_if_missing: false })).toMatchObject({ files: 0 });
});
