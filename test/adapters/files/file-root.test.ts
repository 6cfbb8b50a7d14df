import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { FileRoot } from '../../../src/adapters/files/file-root';
import { UnsafePath } from '../../../src/errors';
import { plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const at = (path: string) => join(folder.path, path);
const check = (path: string, root = new FileRoot(at('root'))) => root.check(at(path));

beforeEach(() => {
  plant(folder.path, { 'root/in/a': '1', 'outside/a': 's', 'root-2/a': 's' });
  symlinkSync('../outside', at('root/door'));
  symlinkSync('in', at('root/alias'));
});

test.each(['root', 'root/in/a', 'root/new/deep/a', 'root/alias/a', 'root/door'])(
  '%s is inside',
  async (path) => {
    await expect(check(path)).resolves.toBeUndefined();
  },
);

test.each(['outside/a', 'root-2/a', 'root/door/a', 'root/door/new/a', ''])('%j is refused', async (path) => {
  await expect(check(path)).rejects.toThrow(UnsafePath);
  await expect(check(path)).rejects.toThrow(`is outside of ${at('root')}`);
});

test('a folder that was checked is not checked again', async () => {
  const root = new FileRoot(at('root'));
  await check('root/late/a', root);
  symlinkSync('../outside', at('root/late'));
  await expect(check('root/late/b', root)).resolves.toBeUndefined();
  await expect(check('root/late/b')).rejects.toThrow(UnsafePath);
});

test('the root may be a link', async () => {
  symlinkSync('root', at('mount'));
  const root = new FileRoot(at('mount'));
  expect(await root.real()).toBe(at('root'));
  await expect(check('mount/in/a', root)).resolves.toBeUndefined();
  await expect(check('mount/door/a', root)).rejects.toThrow(UnsafePath);
});

test('a root that does not exist is refused until it exists', async () => {
  const root = new FileRoot(at('late'));
  await expect(root.real()).rejects.toThrow('does not exist. Mount the file system');
  await expect(root.check(at('late/a'))).rejects.toThrow(UnsafePath);
  mkdirSync(at('late'));
  expect(await root.real()).toBe(at('late'));
});

test('the root / has all paths', async () => {
  await expect(new FileRoot('/').check(at('outside/a'))).resolves.toBeUndefined();
});

test.each([
  ['root/in', 'root/in'],
  ['root/alias', 'root/in'],
  ['root/new', undefined],
])('the real folder of %s is its target, if it exists', async (path, real) => {
  expect(await new FileRoot(at('root')).realFolder(at(path))).toBe(real && at(real));
});

test('a folder that is a link to the outside has no real folder inside', async () => {
  await expect(new FileRoot(at('root')).realFolder(at('root/door'))).rejects.toThrow(UnsafePath);
});

describe('the folder that hides the variables of a job', () => {
  beforeEach(() => {
    plant(folder.path, { 'root/one/.demand.env/id': 'x', 'root/two/.demand.env': 'a file' });
    symlinkSync('one', at('root/to-one'));
    symlinkSync('one/.demand.env', at('root/to-folder'));
  });

  test.each([
    'root/one/.demand.env/id',
    'root/to-one/.demand.env/id',
    'root/to-folder/id',
    'root/to-folder/new/x',
  ])('is refused at %s', async (path) => {
    await expect(check(path)).rejects.toThrow('leads to the variables of a job');
  });

  test('is no folder to list, by its name or by a link', async () => {
    const root = new FileRoot(at('root'));
    for (const path of ['root/one/.demand.env', 'root/to-folder'])
      await expect(root.realFolder(at(path))).rejects.toThrow(UnsafePath);
  });

  test('is another thing than a file of this name', async () => {
    await expect(check('root/two/.demand.env')).resolves.toBeUndefined();
    await expect(check('root/one')).resolves.toBeUndefined();
  });
});
