/** Removes the files of a demand from the mounted file systems. */
import { DataPathInUse, describeError, RemovalFailed, UnsafePath } from '../errors';
import { removeUnlessRead, type UseWorld } from '../transfer/lease/readers';
import { contains, formatLocation, type Location } from '../transfer/location';
import { findMount, type MountedPath, type MountPoint } from '../transfer/mounts';
import { LOCAL, localLocation } from '../transfer/schemes/file-systems';

export interface RemovedTree {
  /** Bytes of the removed files. */
  readonly bytes: number;
  /** One line for each entry that could not be removed: its path and the reason. */
  readonly failures: readonly string[];
}

export interface Trees {
  /**
   * Removes a file or a whole folder. The removal continues when an entry cannot be removed.
   *
   * @param root the folder of the path, after its symbolic links are followed
   * @returns undefined when the path does not exist
   * @throws UnsafePath when the path leads out of the root
   */
  removeTree(path: string, root: string, signal: AbortSignal): Promise<RemovedTree | undefined>;
}

export interface MovedTrees {
  /**
   * Ends an interrupted removal. A removal first moves the tree aside; this removes the moved tree. A new tree at the path
   * stays.
   *
   * @returns undefined when the path has no moved tree
   * @throws UnsafePath when the path leads out of the root
   */
  removeAside(path: string, root: string, signal: AbortSignal): Promise<RemovedTree | undefined>;
}

export interface RemovalSettings {
  /** Only paths inside a mount can be removed. The volumes of demands are mounts of their own. */
  readonly mounts: readonly MountPoint[];
}

export interface RemovalWorld {
  readonly trees: Trees;
  readonly settings: RemovalSettings;
  readonly signal: AbortSignal;
  /** Finds the paths that a running execution reads; they stay. Without it, the use of a path is not checked. */
  readonly use?: UseWorld;
}

export interface Removal {
  readonly bytesRemoved: number;
  /** The given paths, also those that did not exist, without the locations in S3. */
  readonly pathsRemoved: readonly Location[];
}

/**
 * Removes paths one after another. Objects in S3 stay. A missing path is no error.
 *
 * @throws UnsafePath before anything is removed, for `/`, for a whole mount or volume, and for a path outside of all mounts
 * @throws RemovalFailed at the end, with all entries that could not be removed
 * @throws DataPathInUse in its place, when all these entries are inputs of running executions
 */
export async function removePaths(paths: readonly Location[], world: RemovalWorld): Promise<Removal> {
  const removable = paths.filter(({ scheme }) => scheme.isFileSystem);
  const mounted = removable.map((path) => findRemovable(path, world.settings.mounts));
  const failures: string[] = [];
  let bytesRemoved = 0;
  let inUse = 0;
  for (const target of mounted) {
    const removed = await removeOne(target, world);
    bytesRemoved += removed.bytes;
    failures.push(...removed.failures);
    if (removed.isInUse) inUse++;
  }
  if (failures.length > 0)
    throw new (inUse === failures.length ? DataPathInUse : RemovalFailed)(explainFailures(failures));
  return { bytesRemoved, pathsRemoved: removable };
}

async function removeOne(
  { mount, location }: MountedPath,
  { trees, signal, use }: RemovalWorld,
): Promise<RemovedTree & { readonly isInUse?: boolean }> {
  signal.throwIfAborted();
  const remove = () => trees.removeTree(location.path, mount.path, signal);
  try {
    const removed = await (use === undefined ? remove() : removeUnlessRead(location, use, signal, remove));
    return removed ?? { bytes: 0, failures: [] };
  } catch (error) {
    signal.throwIfAborted();
    const isInUse = error instanceof DataPathInUse;
    const { name, message } = describeError(error);
    return { bytes: 0, failures: [`${location.path}: ${isInUse ? `${name}: ` : ''}${message}`], isInUse };
  }
}

function findRemovable(location: Location, mounts: readonly MountPoint[]): MountedPath {
  const found = findIn(location, mounts);
  const hasMount = mounts.some((mount) => contains(found.location, localLocation(mount.path)));
  if (hasMount)
    throw new UnsafePath(
      `${formatLocation(location)} is or contains the root of a mounted file system or of a volume, and such a path is never removed. Give a path inside the volume`,
    );
  return found;
}

function findIn(location: Location, mounts: readonly MountPoint[]): MountedPath {
  if (location.scheme === LOCAL && !mounts.some((mount) => contains(localLocation(mount.path), location)))
    throw new UnsafePath(
      `${formatLocation(location)} lies outside of the mounted file systems (${describeMounts(mounts)}), and such a path is never removed. Give a path inside a mounted file system`,
    );
  return findMount(location, mounts);
}

function describeMounts(mounts: readonly MountPoint[]): string {
  return mounts.map((mount) => mount.path).join(', ') || 'none';
}

/**
 * Returns the message of a failed removal. It names at most 20 entries.
 *
 * @param failures one line for each entry
 */
export function explainFailures(failures: readonly string[]): string {
  const shown = failures.slice(0, 20).join('; ');
  const more = failures.length > 20 ? `; and ${failures.length - 20} more` : '';
  return `${failures.length} path(s) could not be removed: ${shown}${more}. Correct the causes and remove the same paths again`;
}
