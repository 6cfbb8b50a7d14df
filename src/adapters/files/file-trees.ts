/** Removing folders with everything in them. */
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

/** A writer that outlives its demand may make the path anew; one that always does is not ours to fight. */
const ROUNDS = 2;

/** {@link Trees} over the folders of this machine. */
export class FileTrees implements Trees, MovedTrees {
  /**
   * Moves the tree aside before removing it, so that a late writer finds no folder to write to, and
   * looks once more whether it made one. What an earlier call left aside is removed too. A working directory that an
   * execution has made there meanwhile stays: no late writer makes one.
   *
   * The folder of the path is held open from before it is found to lie in the root: to put a symbolic
   * link in its place, or in that of a folder above it, changes nothing any more.
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

/** Its name now; what it was, if it cannot be moved (its folder may not be written). */
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
  throw new UnsafePath(`${join(path)} was led out of ${root} by a symbolic link while it was looked at`);
}
