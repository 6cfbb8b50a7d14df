/** Removing folders with everything in them. */
import type { Stats } from 'node:fs';
import { lstat, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeError } from '../errors';
import type { RemovedTree, Trees } from '../transfer/remove';
import { isMissing, unlessMissing } from './file-errors';
import { isRemovingNameOf, removingPathOf } from './file-names';
import { FileRoot } from './file-root';

/** How many entries are removed at once; over NFS each takes a round trip. */
const AT_ONCE = 64;
/** A writer that outlives its demand may make the path anew; one that always does is not ours to fight. */
const ROUNDS = 2;

/** {@link Trees} over the folders of this machine. */
export class FileTrees implements Trees {
  /**
   * Moves the tree aside before removing it, so that a late writer finds no folder to write to, and
   * looks once more whether it made one. What an earlier call left aside is removed too.
   */
  async removeTree(path: string, root: string, signal: AbortSignal): Promise<RemovedTree | undefined> {
    await new FileRoot(root).check(path);
    const removed = { bytes: 0, failures: [] as string[] };
    let found = false;
    for (let round = 0; round < ROUNDS && removed.failures.length === 0; round++) {
      const aside = await moveAside(path);
      const trees = round === 0 ? [...new Set([...(await findAside(path)), ...aside])] : aside;
      if (trees.length === 0) break;
      found = true;
      for (const tree of trees) await removeEntry(tree, removed, signal);
    }
    return found ? removed : undefined;
  }
}

/** Where the tree is now; where it was, if it cannot be moved (its folder may not be written). */
async function moveAside(path: string): Promise<string[]> {
  const aside = removingPathOf(path);
  try {
    await rename(path, aside);
    return [aside];
  } catch (error) {
    return isMissing(error) ? [] : [path];
  }
}

async function findAside(path: string): Promise<string[]> {
  const names = (await unlessMissing(readdir(dirname(path)))) ?? [];
  return names.filter((name) => isRemovingNameOf(path, name)).map((name) => join(dirname(path), name));
}

interface Progress {
  bytes: number;
  readonly failures: string[];
}

async function removeEntry(path: string, progress: Progress, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    const stats = await unlessMissing(lstat(path));
    if (stats === undefined) return;
    if (stats.isDirectory()) await removeFolder(path, progress, signal);
    else await removeFile(path, stats, progress);
  } catch (error) {
    signal.throwIfAborted();
    progress.failures.push(`${path}: ${describeError(error).message}`);
  }
}

async function removeFile(path: string, stats: Stats, progress: Progress): Promise<void> {
  await unlessMissing(unlink(path));
  if (stats.isFile()) progress.bytes += stats.size;
}

async function removeFolder(path: string, progress: Progress, signal: AbortSignal): Promise<void> {
  const failuresBefore = progress.failures.length;
  const names = await readdir(path);
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const some = names.slice(from, from + AT_ONCE);
    await Promise.all(some.map((name) => removeEntry(join(path, name), progress, signal)));
  }
  // With something left in it, the folder's own failure would tell nothing new.
  if (progress.failures.length === failuresBefore) await unlessMissing(rmdir(path));
}
