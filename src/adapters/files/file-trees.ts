/** Removes folders with all their content. */
import { readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UnsafePath } from '../../errors';
import type { MovedTrees, RemovedTree, Trees } from '../../paths/remove';
import { isMissing, unlessMissing } from './file-errors';
import { isRemovingNameOf, removingPathOf } from './file-names';
import { FileRoot } from './file-root';
import { isInside } from './file-walk';
import { HeldFolder, TreeRemoval } from './tree-removal';
import { ownerOf } from './working-files';

/** Rounds of a removal: a writer that outlives its demand may make the path again. A third time is left alone. */
const ROUNDS = 2;

/** {@link Trees} of local folders. */
export class FileTrees implements Trees, MovedTrees {
  /**
   * Renames the tree before the removal, so a late writer does not find its folder. Then checks once more whether a late
   * writer has made the folder again. Also removes trees that an earlier call has renamed. Keeps a working directory
   * that an execution has made there meanwhile: late writers make none.
   *
   * The folder of the path is open before the check that it is inside the root. So a symbolic link that replaces the
   * folder, or a folder above it, has no effect.
   */
  async removeTree(path: string, root: string, signal: AbortSignal): Promise<RemovedTree | undefined> {
    return inFolderOf(path, root, (folder) => removeRounds(folder, path, signal));
  }

  async removeAside(path: string, root: string, signal: AbortSignal): Promise<RemovedTree | undefined> {
    return inFolderOf(path, root, async (folder) => {
      const names = await findAside(folder, path);
      const removal = new TreeRemoval(signal);
      for (const name of names) await removal.remove(folder, name);
      return names.length === 0 ? undefined : { bytes: removal.bytes, failures: removal.failures };
    });
  }
}

async function inFolderOf(
  path: string,
  root: string,
  remove: (folder: HeldFolder) => Promise<RemovedTree | undefined>,
): Promise<RemovedTree | undefined> {
  const fileRoot = new FileRoot(root);
  await fileRoot.check(path);
  const folder = await unlessMissing(HeldFolder.open(dirname(path), 'through links'));
  if (folder === undefined) return undefined;
  try {
    await refuseOutside(folder, await fileRoot.real(), path);
    return await remove(folder);
  } finally {
    await folder.close();
  }
}

async function removeRounds(
  folder: HeldFolder,
  path: string,
  signal: AbortSignal,
): Promise<RemovedTree | undefined> {
  const removal = new TreeRemoval(signal);
  let found = false;
  for (let round = 0; round < ROUNDS && removal.failures.length === 0; round++) {
    if (round > 0 && (await ownerOf(folder.pathOf(basename(path)))) !== undefined) break;
    const aside = await moveAside(folder, path);
    const names = round === 0 ? [...new Set([...(await findAside(folder, path)), ...aside])] : aside;
    if (names.length === 0) break;
    found = true;
    for (const name of names) await removal.remove(folder, name);
  }
  return found ? { bytes: removal.bytes, failures: removal.failures } : undefined;
}

/** Renames the tree. Returns the new name, or the old name when the rename is not permitted. */
async function moveAside(folder: HeldFolder, path: string): Promise<string[]> {
  const [name, aside] = [basename(path), basename(removingPathOf(path))];
  try {
    await rename(folder.pathOf(name), folder.pathOf(aside));
    return [aside];
  } catch (error) {
    return isMissing(error) ? [] : [name];
  }
}

async function findAside(folder: HeldFolder, path: string): Promise<string[]> {
  return (await readdir(folder.path)).filter((name) => isRemovingNameOf(path, name));
}

async function refuseOutside(folder: HeldFolder, root: string, path: string): Promise<void> {
  if (isInside(root, await folder.realPath())) return;
  throw new UnsafePath(`A symbolic link has moved ${join(path)} out of ${root} during the check`);
}
