/** Finds live leases, and removes the files of leases that nobody holds any more. */
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REMOVING_NAME } from '../../sweep/files';
import type { LeaseFacts } from '../../sweep/look';
import type { MountPoint } from '../../transfer/mounts';
import type { EpochMs } from '../../units';
import { unlessMissing } from './file-errors';
import { leaseFolderOf, placeOf } from './file-leases';
import { LEASES_FOLDER, removingPathOf } from './file-names';

/** Milliseconds after its last sign of life in which a lease counts as held. A holder renews it each minute. */
const LIVE_MS = 3_600_000;
/** Folders of other records in the folder of leases. A hashed name of a lease has twelve digits. */
const OF_LEASES = /^[0-9a-f]{12}$/;

/** Returns the {@link LeaseFacts} of the mounted file systems. */
export function fileLeaseFacts(mounts: readonly MountPoint[], now: () => EpochMs = Date.now): LeaseFacts {
  return {
    isLeased: async (location) => {
      const { root, path } = await placeOf(location, mounts);
      const isLive = (touched: EpochMs) => now() - touched < LIVE_MS;
      for (let above = dirname(path); above.length >= root.length; above = dirname(above)) {
        if (isLive((await lookInto(leaseFolderOf(root, above))).touched)) return true;
        if (above === root) break;
      }
      return isLive((await lastSignIn(leaseFolderOf(root, path))).ofFiles);
    },
  };
}

/**
 * Removes the folders of leases without a sign of life for a time, the deepest first. A writer that takes such a lease
 * meanwhile notices it at its next look, and takes the lease again.
 *
 * @returns the number of removed folders
 */
export async function removeStaleLeases(
  root: string,
  olderThanMs: number,
  mode: { readonly now: EpochMs; readonly isDryRun: boolean },
): Promise<number> {
  let removed = 0;
  const folder = join(root, LEASES_FOLDER);
  for (const name of (await unlessMissing(readdir(folder))) ?? [])
    if (OF_LEASES.test(name)) removed += await removeStale(join(folder, name), olderThanMs, mode);
  return removed;
}

async function removeStale(
  folder: string,
  olderThanMs: number,
  mode: { readonly now: EpochMs; readonly isDryRun: boolean },
): Promise<number> {
  let removed = 0;
  for (const inner of (await lookInto(folder)).folders)
    removed += await removeStale(inner, olderThanMs, mode);
  const { ofFiles, ofEmptyFolders } = await lastSignIn(folder);
  if (mode.now - Math.max(ofFiles, ofEmptyFolders) < olderThanMs) return removed;
  if (mode.isDryRun) return removed + 1;
  const aside = removingPathOf(folder);
  const isMoved = await unlessMissing(rename(folder, aside).then(() => true));
  if (isMoved) await rm(aside, { recursive: true, force: true });
  return removed + (isMoved ? 1 : 0);
}

interface Signs {
  /** The latest mtime of a claim or a proposal; 0 without any. */
  readonly ofFiles: EpochMs;
  /** The latest mtime of an empty folder. A writer may be making a proposal in it, but it is no lease. */
  readonly ofEmptyFolders: EpochMs;
}

/** Returns the latest signs in a folder and in all folders in it. */
async function lastSignIn(folder: string): Promise<Signs> {
  const { touched, emptiedAt, folders } = await lookInto(folder);
  const inside = await Promise.all(folders.map(lastSignIn));
  // A folder may have more folders than a call takes arguments.
  return inside.reduce(
    (latest, { ofFiles, ofEmptyFolders }) => ({
      ofFiles: Math.max(latest.ofFiles, ofFiles),
      ofEmptyFolders: Math.max(latest.ofEmptyFolders, ofEmptyFolders),
    }),
    { ofFiles: touched, ofEmptyFolders: emptiedAt },
  );
}

/** Returns the latest mtime of the files of a folder, its own mtime when it is empty, and its folders. */
async function lookInto(folder: string) {
  const all = (await unlessMissing(readdir(folder))) ?? [];
  // A lease that is being removed was revoked.
  const names = all.filter((name) => !REMOVING_NAME.test(name));
  const folders: string[] = [];
  let touched = 0;
  for (const name of names) {
    const path = join(folder, name);
    // The folders of inputs that share a volume may be thousands. Each unit looks into the folder around them.
    const stats = OF_LEASES.test(name) ? 'folder' : await unlessMissing(lstat(path));
    if (stats === 'folder' || stats?.isDirectory()) folders.push(path);
    else if (stats !== undefined) touched = Math.max(touched, stats.mtimeMs);
  }
  const own = names.length === 0 ? await unlessMissing(lstat(folder)) : undefined;
  return { touched, emptiedAt: own?.mtimeMs ?? 0, folders };
}
