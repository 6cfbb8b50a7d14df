/** On NFS an open file that is removed stays in its folder as `.nfs...`. */
import fs, { existsSync, readdirSync } from 'node:fs';
import promises from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileStore } from '../../../src/adapters/files/file-store';
import { FileTrees } from '../../../src/adapters/files/file-trees';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const signal = new AbortController().signal;
const HELD = '.nfs000000000001';

afterEach(() => jest.restoreAllMocks());

/** The file `held` is open elsewhere: unlinking renames it, and then it is busy. */
function holdOpen(): void {
  const { unlinkSync, renameSync } = fs;
  const remove = (path: fs.PathLike) => {
    const name = basename(String(path));
    if (name === 'held') return renameSync(path, join(dirname(String(path)), HELD));
    if (name === HELD)
      throw Object.assign(new Error(`EBUSY: resource busy, unlink '${path}'`), { code: 'EBUSY' });
    return unlinkSync(path);
  };
  jest.spyOn(fs, 'unlinkSync').mockImplementation(remove);
  jest.spyOn(promises, 'unlink').mockImplementation(async (path) => remove(path));
}

test('a tree with an open file is reported by name, and is removed after the close', async () => {
  plant(folder.path, { 'tree/a': '1', 'tree/in/held': '2', 'tree/in/b': '3' });
  holdOpen();
  const tree = join(folder.path, 'tree');
  const first = await new FileTrees().removeTree(tree, folder.path, signal);
  expect(first?.failures).toEqual([expect.stringMatching(`/in/${HELD}: EBUSY: resource busy`)]);
  expect(existsSync(tree)).toBe(false);
  jest.restoreAllMocks();
  const second = await new FileTrees().removeTree(tree, folder.path, signal);
  expect(second?.failures).toEqual([]);
  expect(readdirSync(folder.path)).toEqual([]);
});

test('a folder with only such a file stays after a mirror or a move, without an error', async () => {
  plant(folder.path, { 'top/in/held': '1', 'top/empty/x': '2' });
  holdOpen();
  const store = new FileStore({ root: folder.path });
  const at = (path: string) => localLocation(join(folder.path, path));
  for (const path of ['top/in/held', 'top/empty/x']) await store.remove(at(path));
  await store.removeEmptyFolders(at('top'));
  expect(readdirSync(join(folder.path, 'top'))).toEqual(['in']);
});
