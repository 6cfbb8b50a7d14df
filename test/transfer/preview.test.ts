import { join } from 'node:path';
import { DataSourceMissing } from '../../src/errors';
import { previewTransfer } from '../../src/transfer/preview';
import { folderStores, harvest, plant, syncRequest, useFolder, worldOf } from './folders';

const folder = useFolder();
const TREE = { 'a/1': 'one', b: 'two', c: 'three' };

const preview = (fields = {}) =>
  previewTransfer(
    syncRequest({
      source_path: `${folder.path}/in`,
      destination_path: `${folder.path}/out`,
      size_only: true,
      ...fields,
    }),
    worldOf(folderStores(folder.path)),
  );
const keysOf = ({ copies }: Awaited<ReturnType<typeof preview>>) =>
  copies.map(({ key, because }) => [key, because]);

beforeEach(() => {
  plant(join(folder.path, 'in'), TREE);
  plant(join(folder.path, 'out'), { b: 'TWO', c: 'other', 'stale/x': 's', 'a/1': '1' });
});

test('names each copy with its size and reason, and each removal of the mirror', async () => {
  expect(await preview()).toEqual({
    copies: [{ key: 'a/1', size: 3, because: 'other-size' }],
    unchanged: 2,
    removals: ['stale/x'],
  });
});

test('compares contents without size_only', async () => {
  expect(keysOf(await preview({ size_only: false }))).toEqual([
    ['a/1', 'other-size'],
    ['b', 'other-checksum'],
    ['c', 'other-checksum'],
  ]);
});

test('copies everything by force', async () => {
  const all = await preview({ force: true });
  expect(keysOf(all)).toEqual(Object.keys(TREE).map((key) => [key, 'forced']));
  expect(all.unchanged).toBe(0);
});

test('names no removals without delete, for a file, and for kept paths', async () => {
  expect(await preview({ delete: false })).toMatchObject({ removals: [] });
  expect(await preview({ keep_paths: [`${folder.path}/out/stale`] })).toMatchObject({ removals: [] });
  const file = { source_path: `${folder.path}/in/b`, destination_path: `${folder.path}/new/` };
  expect(await preview(file)).toEqual({
    copies: [{ key: '', size: 3, because: 'missing' }],
    unchanged: 0,
    removals: [],
  });
});

test('changes nothing', async () => {
  const before = harvest(folder.path);
  await preview();
  expect(harvest(folder.path)).toEqual(before);
});

test('has the errors of the transfer', async () => {
  await expect(preview({ source_path: `${folder.path}/absent` })).rejects.toThrow(DataSourceMissing);
});
