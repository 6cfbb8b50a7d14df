/** Removing what a demand no longer needs from the file systems that are mounted here. */
import { DataPathInUse, describeError, RemovalFailed, UnsafePath } from '../errors';
import { removeUnlessRead, type UseWorld } from '../transfer/lease/readers';
import { contains, formatLocation, type Location } from '../transfer/location';
import { findMount, type MountedPath, type MountPoint } from '../transfer/mounts';
import { LOCAL, localLocation } from '../transfer/schemes/file-systems';

export interface RemovedTree {
  /** The sizes of the files that were removed. */
  readonly bytes: number;
  /** A line each for what could not be: its path and why. */
  readonly failures: readonly string[];
}

export interface Trees {
  /**
   * Removes a file or a folder with everything in it, and goes on past what cannot be removed.
   *
   * @param root the folder that the path must lie in once its symbolic links are followed
   * @returns undefined when nothing is there
   * @throws UnsafePath when the path leads out of the root
   */
  removeTree(path: string, root: string, signal: AbortSignal): Promise<RemovedTree | undefined>;
}

export interface MovedTrees {
  /**
   * Ends a removal that was cut short: it moves a tree aside first. What has the path now stays.
   *
   * @returns undefined when there is none
   * @throws UnsafePath when the path leads out of the root
   */
  removeAside(path: string, root: string, signal: AbortSignal): Promise<RemovedTree | undefined>;
}

export interface RemovalWorld {
  readonly trees: Trees;
  /** Only what lies inside one of these is ever removed. */
  readonly mounts: readonly MountPoint[];
  readonly signal: AbortSignal;
  /** Spares what an execution reads; without it, nobody is asked. */
  readonly use?: UseWorld;
}

export interface Removal {
  readonly bytesRemoved: number;
  /** The paths as they were given, also those where nothing was; those in S3 are left out. */
  readonly pathsRemoved: readonly Location[];
}

/**
 * Removes paths one after another; what is in S3 stays, what is missing is no error.
 *
 * @throws UnsafePath before anything is removed, for `/`, a whole mount, or what lies outside of all mounts
 * @throws RemovalFailed at the end, naming everything that could not be removed
 * @throws DataPathInUse instead, when all of that are inputs of executions that have not ended
 */
export async function removePaths(paths: readonly Location[], world: RemovalWorld): Promise<Removal> {
  const removable = paths.filter(({ scheme }) => scheme.isFileSystem);
  const mounted = removable.map((path) => findRemovable(path, world.mounts));
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
  const isTooMuch = mounts.some((mount) => contains(found.location, localLocation(mount.path)));
  if (isTooMuch)
    throw new UnsafePath(
      `${formatLocation(location)} is or holds the root of a mounted file system and is never removed. Name what is in it`,
    );
  return found;
}

function findIn(location: Location, mounts: readonly MountPoint[]): MountedPath {
  if (location.scheme === LOCAL && !mounts.some((mount) => contains(localLocation(mount.path), location)))
    throw new UnsafePath(
      `${formatLocation(location)} lies outside of the mounted file systems (${describeMounts(mounts)}) and is never removed. Name a path inside of one`,
    );
  return findMount(location, mounts);
}

function describeMounts(mounts: readonly MountPoint[]): string {
  return mounts.map((mount) => mount.path).join(', ') || 'none';
}

/** @param failures a line for each path */
export function explainFailures(failures: readonly string[]): string {
  const shown = failures.slice(0, 20).join('; ');
  const more = failures.length > 20 ? `; and ${failures.length - 20} more` : '';
  return `${failures.length} path(s) could not be removed: ${shown}${more}. Mend that and run it again: what is left is found again`;
}
