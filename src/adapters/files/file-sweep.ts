/** The sweeper's work on a file system. It reaches nothing outside of a volume, even when others change it meanwhile. */
import { link, lstat, mkdir, realpath, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { UnsafePath } from '../../errors';
import type { RemovedTree } from '../../paths/remove';
import {
  type AsideUnit,
  type FoundEntry,
  folderOfKey,
  joinKey,
  nameOfKey,
  REMOVING_NAME,
  type SweptFiles,
  type SweptVolume,
} from '../../sweep/files';
import { pathBelow, readByteNames } from './byte-names';
import { codeOf, unlessMissing } from './file-errors';
import { isOwnFolder, removingPathOf } from './file-names';
import { FileRoot } from './file-root';
import { measureEntry } from './file-sweep-measure';
import { isInside } from './file-walk';
import { HeldFolder, TreeRemoval } from './tree-removal';
import { ownerOf } from './working-files';

/** Concurrent `lstat` calls. Over NFS each is a round trip. */
const AT_ONCE = 64;
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR']);

/** {@link SweptFiles} of the mounted file systems. */
export const fileSweep: SweptFiles = {
  entries,
  measure: (volume, key, options) =>
    inFolder(volume, folderOfKey(key), undefined, (held) =>
      measureEntry(pathIn(held, nameOfKey(key)), key, options),
    ),
  ownerOf: (volume, key) =>
    inFolder(volume, folderOfKey(key), undefined, (held) => ownerOf(pathIn(held, nameOfKey(key)))),
  setAside,
  putBack,
  condemn,
  remove,
};

async function setAside(volume: SweptVolume, key: string): Promise<AsideUnit | undefined> {
  const [folder, name] = [folderOfKey(key), nameOfKey(key)];
  return inFolder(volume, folder, undefined, async (held) => {
    const aside = nameOfKey(removingPathOf(name).replace(/removing$/, 'sweeping'));
    await mkdir(held.pathOf(aside));
    const inner = pathBelow(held.pathOf(aside), Buffer.from(name, 'latin1'));
    const isMoved = await unlessMissing(rename(pathIn(held, name), inner).then(() => true)).catch(
      async (error) => {
        await rmdir(held.pathOf(aside));
        throw error;
      },
    );
    if (isMoved) return { key, now: joinKey(joinKey(folder, aside), name) };
    await rmdir(held.pathOf(aside));
    return undefined;
  });
}

async function putBack(volume: SweptVolume, { key, now }: AsideUnit): Promise<boolean> {
  const aside = folderOfKey(now);
  const name = nameOfKey(key);
  return inFolder(volume, folderOfKey(key), false, async (outer) =>
    inFolder(volume, aside, false, async (inner) => {
      const [from, to] = [pathIn(inner, name), pathIn(outer, name)];
      try {
        // A rename would replace a new file. It replaces no folder that has entries.
        if ((await lstat(from)).isDirectory()) await rename(from, to);
        else {
          await link(from, to);
          await unlink(from);
        }
      } catch (error) {
        if (TAKEN.has(codeOf(error))) return false;
        throw error;
      }
      await rmdir(outer.pathOf(nameOfKey(aside)));
      return true;
    }),
  );
}

async function condemn(
  volume: SweptVolume,
  unit: AsideUnit | Pick<FoundEntry, 'key'>,
): Promise<string | undefined> {
  const key = 'now' in unit ? folderOfKey(unit.now) : unit.key;
  const [folder, name] = [folderOfKey(key), nameOfKey(key)];
  if (REMOVING_NAME.test(name)) return key;
  return inFolder(volume, folder, undefined, async (held) => {
    const doomed = nameOfKey(removingPathOf(name));
    const renamed = rename(pathIn(held, name), held.pathOf(doomed)).then(() => joinKey(folder, doomed));
    return unlessMissing(renamed);
  });
}

async function remove(volume: SweptVolume, condemned: string, signal: AbortSignal): Promise<RemovedTree> {
  return inFolder(volume, folderOfKey(condemned), { bytes: 0, failures: [] }, async (held) => {
    const removal = new TreeRemoval(signal);
    await removal.remove(held, nameOfKey(condemned));
    return { bytes: removal.bytes, failures: removal.failures };
  });
}

async function* entries(
  volume: SweptVolume,
  folder: string,
  isWanted: (key: string) => boolean = () => true,
): AsyncGenerator<FoundEntry> {
  const held = await openIn(volume, folder);
  if (held === undefined) return;
  try {
    const all = await readByteNames(held.path);
    const names = all.filter((name) => !isOwnFolder(name) && isWanted(joinKey(folder, name))).sort();
    const look = async (name: string): Promise<FoundEntry | undefined> => {
      const stats = await unlessMissing(lstat(pathIn(held, name)));
      if (stats === undefined) return undefined;
      const changed = Math.max(stats.mtimeMs, stats.ctimeMs);
      return { key: joinKey(folder, name), name, isFolder: stats.isDirectory(), changed };
    };
    for (let from = 0; from < names.length; from += AT_ONCE)
      for (const found of await Promise.all(names.slice(from, from + AT_ONCE).map(look)))
        if (found !== undefined) yield found;
  } finally {
    await held.close();
  }
}

/**
 * Opens a folder, and checks that it is inside the volume. An open folder stays the same when a link takes its path.
 *
 * @returns undefined for a missing folder
 */
async function openIn({ path, root }: SweptVolume, key: string): Promise<HeldFolder | undefined> {
  await new FileRoot(root).check(join(path, '.demand'));
  const volume = await unlessMissing(realpath(path));
  const folder = await unlessMissing(
    HeldFolder.open(pathBelow(path, Buffer.from(key, 'latin1')), 'through links'),
  );
  if (folder === undefined || (volume !== undefined && isInside(volume, await folder.realPath())))
    return folder;
  await folder.close();
  if (volume === undefined) return undefined;
  throw new UnsafePath(`${folder.shown} leads out of ${path}, by a symbolic link`);
}

async function inFolder<T, M>(
  volume: SweptVolume,
  key: string,
  missing: M,
  work: (folder: HeldFolder) => Promise<T>,
): Promise<T | M> {
  const folder = await openIn(volume, key);
  if (folder === undefined) return missing;
  try {
    return await work(folder);
  } finally {
    await folder.close();
  }
}

function pathIn(folder: HeldFolder, name: string): string | Buffer {
  return folder.pathOf(Buffer.from(name, 'latin1'));
}
