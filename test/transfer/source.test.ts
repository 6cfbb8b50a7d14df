import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataSourceMissing } from '../../src/errors';
import { LinearRegex } from '../../src/python/linear-regex';
import { listSourceWithin, measureSource, type SourceLimits } from '../../src/transfer/source';
import { faultyStores } from './faulty-store';
import { folderStores, plant, syncRequest, useFolder, worldOf } from './folders';

const folder = useFolder();

beforeEach(() => plant(join(folder.path, 'out'), { a: '1', b: '22', c: '333' }));

const measure = (fields = {}) => measureSource(requestOf(fields), worldOf(folderStores(folder.path)));
const requestOf = (fields = {}) =>
  syncRequest({ source_path: `${folder.path}/out`, destination_path: 's3://bucket/o', ...fields });

async function listWithin(limits: SourceLimits, calls: string[] = []) {
  const stores = faultyStores(folderStores(folder.path), { calls });
  return (await listSourceWithin(requestOf(), limits, worldOf(stores)))?.map(({ key }) => key);
}

test('counts the files that the filters accept', async () => {
  expect(await measure()).toEqual({ files: 3, bytes: 6 });
  expect(await measure({ filter_config: { exclude: 'b' } })).toEqual({ files: 2, bytes: 4 });
});

test.each([
  ['at both limits is listed', { maxBytes: 6, maxFiles: 3 }, ['a', 'b', 'c']],
  ['above the bytes is not listed', { maxBytes: 5, maxFiles: 3 }, undefined],
  ['above the files is not listed', { maxBytes: 6, maxFiles: 2 }, undefined],
])('a source %s', async (_, limits, keys) => {
  expect(await listWithin(limits)).toEqual(keys);
});

test('a listing stops at the first file above a limit', async () => {
  const calls: string[] = [];
  expect(await listWithin({ maxBytes: 0, maxFiles: 10 }, calls)).toBeUndefined();
  expect(calls).toEqual([`list ${folder.path}/out`]);
});

test('filters match the name of a source that is a file', async () => {
  const one = { source_path: `${folder.path}/out/b`, filter_config: { include: 'b' } };
  expect(await measure(one)).toMatchObject({ files: 1 });
});

test('a signal ends the matching of one page with large patterns', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `${'a'.repeat(200)}${index}`);
  plant(join(folder.path, 'long'), Object.fromEntries(names.map((name) => [name, ''])));
  const stopping = new AbortController();
  const request = requestOf({
    source_path: `${folder.path}/long`,
    filter_config: { include: '(?:[^x]{0,49}){0,18}c' },
  });
  const matched = jest.spyOn(LinearRegex.prototype, 'test');
  matched.mockImplementationOnce(() => {
    setImmediate(() => stopping.abort(new Error('stopped')));
    return false;
  });
  const world = { ...worldOf(folderStores(folder.path)), signal: stopping.signal };
  await expect(measureSource(request, world)).rejects.toThrow('stopped');
  expect(matched.mock.calls.length).toBeLessThan(10);
  matched.mockRestore();
});

test('an empty folder is a source, and a missing folder is not', async () => {
  mkdirSync(join(folder.path, 'empty'));
  expect(await measure({ source_path: `${folder.path}/empty` })).toMatchObject({ files: 0 });
  const missing = { source_path: `${folder.path}/missing` };
  await expect(measure(missing)).rejects.toThrow(DataSourceMissing);
  expect(await measure({ ...missing, fail_if_missing: false })).toMatchObject({ files: 0 });
});

describe('a source that an earlier execution may have moved', () => {
  const gone = () => ({ source_path: `${folder.path}/gone`, may_be_moved: true });
  const filtered = { filter_config: { include: 'x' }, may_be_moved: true };

  test('is no error when the destination exists', async () => {
    plant(folder.path, { 's3/bucket/o': '1' });
    expect(await measure(gone())).toEqual({ files: 0, bytes: 0 });
    expect(await measure(filtered)).toEqual({ files: 0, bytes: 0 });
    expect(await measure({ may_be_moved: true })).toEqual({ files: 3, bytes: 6 });
  });

  test('is missing when the destination does not exist', async () => {
    await expect(measure(gone())).rejects.toThrow(DataSourceMissing);
    await expect(measure(filtered)).rejects.toThrow('passes the filters');
  });
});
