import { mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { removingPathOf } from '../../../src/adapters/files/file-names';
import { FileTrees } from '../../../src/adapters/files/file-trees';
import { UnsafePath } from '../../../src/errors';
import { harvest, plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const signal = new AbortController().signal;
const remove = (path: string, root = '') =>
  new FileTrees().removeTree(join(folder.path, path), join(folder.path, root), signal);

test('removes a tree and returns its size', async () => {
  plant(folder.path, { 'work/a': '1', 'work/b/c': '22', 'work-2/a': '1' });
  mkdirSync(join(folder.path, 'work/empty/deep'), { recursive: true });
  expect(await remove('work')).toEqual({ bytes: 3, failures: [] });
  expect(readdirSync(folder.path)).toEqual(['work-2']);
});

test('removes a file', async () => {
  plant(folder.path, { 'work/a': '4444' });
  expect(await remove('work/a')).toEqual({ bytes: 4, failures: [] });
  expect(readdirSync(join(folder.path, 'work'))).toEqual([]);
});

test('does nothing for a missing path', async () => {
  expect(await remove('absent')).toBeUndefined();
  expect(await remove('absent/deeper')).toBeUndefined();
});

test('removes links, not their targets', async () => {
  plant(folder.path, { 'work/a': '1', 'kept/secret': 's' });
  symlinkSync('../kept', join(folder.path, 'work/link'));
  symlinkSync('kept', join(folder.path, 'top'));
  await remove('work');
  await remove('top');
  expect(harvest(folder.path)).toEqual({ 'kept/secret': 's' });
});

test('does not follow a link out of the root', async () => {
  plant(folder.path, { 'root/a': '1', 'outside/a': 's' });
  symlinkSync('../outside', join(folder.path, 'root/door'));
  await expect(remove('root/door/a', 'root')).rejects.toThrow(UnsafePath);
  await expect(remove('outside/a', 'root')).rejects.toThrow(UnsafePath);
  expect(harvest(folder.path)).toMatchObject({ 'outside/a': 's' });
});

test('removes trees that an earlier call has renamed', async () => {
  plant(folder.path, { 'work/a': '1' });
  const stop = new AbortController();
  const trees = new FileTrees();
  const path = join(folder.path, 'work');
  const removing = trees.removeTree(path, folder.path, stop.signal);
  stop.abort(new Error('cancelled'));
  await expect(removing).rejects.toThrow('cancelled');
  expect(readdirSync(folder.path)).toEqual([expect.stringMatching(/^\.[0-9a-f]{12}\.[0-9a-f]+\.removing$/)]);
  expect(await remove('work')).toEqual({ bytes: 1, failures: [] });
  expect(readdirSync(folder.path)).toEqual([]);
});

test('removes only trees that an earlier call has renamed, not a new tree at the path', async () => {
  plant(folder.path, { 'work/a': '1' });
  const trees = new FileTrees();
  const path = join(folder.path, 'work');
  const end = () => trees.removeAside(path, folder.path, new AbortController().signal);
  expect(await end()).toBeUndefined();
  renameSync(path, removingPathOf(path));
  plant(folder.path, { 'work/b': '22' });
  expect(await end()).toEqual({ bytes: 1, failures: [] });
  expect(readdirSync(folder.path)).toEqual(['work']);
  expect(harvest(path)).toEqual({ b: '22' });
});

test('also removes the folder of a late writer', async () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`work/${index}`, '1']));
  plant(folder.path, many);
  const removing = remove('work');
  while (readdirSync(folder.path).includes('work')) await new Promise(setImmediate);
  plant(folder.path, { 'work/late': '22' });
  expect(await removing).toEqual({ bytes: 502, failures: [] });
  expect(readdirSync(folder.path)).toEqual([]);
});

test('keeps a working directory that another execution has made meanwhile', async () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`work/${index}`, '1']));
  plant(folder.path, many);
  const removing = remove('work');
  while (readdirSync(folder.path).includes('work')) await new Promise(setImmediate);
  plant(folder.path, { 'work/.demand.owner': 'arn:other', 'work/in': '22' });
  expect(await removing).toEqual({ bytes: 500, failures: [] });
  expect(readdirSync(folder.path)).toEqual(['work']);
  expect(harvest(join(folder.path, 'work'))).toMatchObject({ in: '22' });
});

// Without /proc a folder is only its path, so this test fails there.
test('links that replace folders during the removal never lead outside', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `${index}`);
  const tree = names.flatMap((name) =>
    names.slice(0, 5).map((file) => [`${name}/deep/${file}`, '1'] as const),
  );
  plant(join(folder.path, 'outside'), Object.fromEntries(names.map((name) => [`deep/${name}`, 'kept'])));
  for (let round = 0; round < 3; round++) {
    plant(join(folder.path, 'work'), Object.fromEntries(tree));
    const removing = remove('work');
    let isOver = false;
    void removing.finally(() => {
      isOver = true;
    });
    for (let turn = 0; !isOver; turn++) {
      await new Promise(setImmediate);
      const aside = readdirSync(folder.path).find((name) => name.endsWith('.removing'));
      if (aside !== undefined)
        replaceByLink(join(folder.path, aside, `${turn % 30}`), join(folder.path, 'outside'));
    }
    await removing;
  }
  expect(Object.keys(harvest(join(folder.path, 'outside')))).toHaveLength(30);
});

function replaceByLink(path: string, target: string): void {
  try {
    renameSync(path, `${path}-was`);
    symlinkSync(target, path);
  } catch {
    // The removal was faster.
  }
}
