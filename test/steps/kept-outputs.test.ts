import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileKept } from '../../src/adapters/files/file-kept';
import { mountedStores } from '../../src/adapters/stores';
import { hashOfTransfers } from '../../src/paths/kept';
import { keepUnstored, readOutputs } from '../../src/steps/kept-outputs';
import { parseLocation } from '../../src/transfer/location';
import { readDataSyncRequest } from '../../src/transfer/request';
import { plant, useFolder } from '../transfer/folders';

const folder = useFolder();
const output = (source: string, key: string, more = {}) => ({
  source_path: `fs-1:/scratch/one/${source}`,
  destination_path: `s3://bucket/${key}`,
  ...more,
});
const read = (...outputs: object[]) => outputs.map((each) => readDataSyncRequest(each));

async function keep(outputs: object[], error?: string) {
  const mounts = [{ path: folder.path, fileSystemId: 'fs-1', root: '/' }];
  const kept = fileKept(mounts);
  const paths = ['fs-1:/scratch/one/in', 'fs-1:/scratch/one'].map(parseLocation);
  const removable = await keepUnstored(
    paths,
    { execution: 'arn:one', outputs: read(...outputs), error },
    {
      stores: mountedStores(mounts),
      kept,
      clock: { now: () => 7 },
      signal: new AbortController().signal,
      settings: { mounts },
    },
  );
  return { isKept: removable.length === 0, records: (await kept.list()).map((each) => each.kept) };
}

test('an output with a file keeps its directory, and everything in it', async () => {
  plant(folder.path, { 'scratch/one/in/a': 'A', 'scratch/one/out/b': 'B' });
  expect(await keep([output('out', 'out'), output('gone', 'gone')])).toMatchObject({
    isKept: true,
    records: [{ execution: 'arn:one', path: '/scratch/one', since: 7, outputs: ['out'] }],
  });
});

test('a file that the filters leave out is no output', async () => {
  plant(folder.path, { 'scratch/one/out/b.tmp': 'B' });
  const filtered = output('out', 'out', { filter_config: { include: '.*\\.txt' } });
  expect(await keep([filtered])).toEqual({ isKept: false, records: [] });
});

test.each([
  ['leads out of the file system', '/etc'],
  ['leads to a folder of another demand', '../other'],
  ['leads nowhere', 'nowhere'],
])('an output that is a link keeps its directory when it %s', async (_, target) => {
  plant(folder.path, { 'scratch/one/in/a': 'A', 'scratch/other/x': 'X' });
  symlinkSync(target, join(folder.path, 'scratch/one/out'));
  expect(await keep([output('out', 'out')])).toMatchObject({ isKept: true, records: [{ outputs: ['out'] }] });
});

test('an output behind a folder that leads out of the file system keeps its directory', async () => {
  plant(folder.path, { 'scratch/one/in/a': 'A' });
  symlinkSync('/etc', join(folder.path, 'scratch/one/out'));
  expect(await keep([output('out/hostname', 'out')])).toMatchObject({ isKept: true });
});

test('a link in the place of the working directory is kept with a record', async () => {
  plant(folder.path, { 'scratch/x': '' });
  symlinkSync('/etc', join(folder.path, 'scratch/one'));
  expect(await keep([output('hostname', 'out')])).toMatchObject({ isKept: true });
});

test('files that the filters leave out keep the directory when they are why the output is not stored', async () => {
  plant(folder.path, { 'scratch/one/in/a': 'A', 'scratch/one/out/b.txt': 'B' });
  const filtered = output('out', 'out', { filter_config: { include: '.*\\.csv' } });
  expect(await keep([filtered], 'FilterMatchesNothing')).toMatchObject({
    isKept: true,
    records: [{ outputs: [], hasMissingOutput: true }],
  });
});

test.each([
  ['an input', { 'scratch/one/in/a': 'A', 'scratch/one/.demand.env': '' }, false],
  ['another file', { 'scratch/one/misnamed': 'A' }, true],
])('after a missing output %s keeps the directory: %#', async (_, files, isKept) => {
  plant(folder.path, files);
  expect((await keep([output('out', 'out')], 'DataSourceMissing')).isKept).toBe(isKept);
});

test('the hash of transfers depends on both ends and the filters, and not on their order', () => {
  const [a, b] = [output('a', 'a'), output('b', 'b')];
  expect(hashOfTransfers(read(a, b))).toBe(hashOfTransfers(read(b, a)));
  for (const more of [{ destination_path: 's3://other/a' }, { filter_config: { exclude: ['x'] } }])
    expect(hashOfTransfers(read(a))).not.toBe(hashOfTransfers(read({ ...a, ...more })));
});

test('outputs of a large demand are read from their groups in S3', async () => {
  const given = [output('a', 'a'), { requests: 's3://plans/group', source_path: 'x', destination_path: 'x' }];
  const readJson = async () => [output('b', 'b'), output('c', 'c')];
  expect(await readOutputs(given, readJson)).toEqual(
    read(output('a', 'a'), output('b', 'b'), output('c', 'c')),
  );
});
