/** Mounts of file systems, and the local paths of locations in them. */
import { FileSystemNotMounted, UnsafePath } from '../errors';
import { contains, formatLocation, type Location, relativeTo, withoutFinalSlashes } from './location';
import { efsLocation, fileSystemIdOf, LOCAL, localLocation } from './schemes/file-systems';

/** The first name of a path at the root of a mount: leases, readers, kept directories, verified contents. */
const OWN_RECORD = /^\.demand(?:[./]|$)/i;

export interface MountPoint {
  /** The local folder. */
  readonly path: string;
  readonly fileSystemId: string;
  /** The path inside the file system that the mount shows, such as `/scratch`. */
  readonly root: string;
  /** True: the folder is a volume of demands, which nothing removes as a whole. */
  readonly isVolume?: true;
}

/** A mount, and the local path of a location in it. */
export interface MountedPath {
  readonly mount: MountPoint;
  readonly location: Location;
}

/**
 * Returns the local path of a location, in the mount with the deepest root. The path never leaves that mount.
 *
 * @throws FileSystemNotMounted when the path is in no mount
 * @throws UnsafePath for a path with `..`
 */
export function toMountedPath(location: Location, mounts: readonly MountPoint[]): Location {
  return location.scheme === LOCAL ? location : findMount(location, mounts).location;
}

/**
 * Returns the mount that holds a location. The location is a path of the file system or a path of this machine.
 *
 * @throws FileSystemNotMounted when the path is in no mount
 * @throws UnsafePath for a path with `..`
 */
export function findMount(location: Location, mounts: readonly MountPoint[]): MountedPath {
  const found = tryFindMount(location, mounts);
  if (found !== undefined) return found;
  throw new FileSystemNotMounted(explainMissing(location, mounts), fileSystemIdOf(location));
}

/**
 * Returns the mount as {@link findMount} does; undefined for a path in no mount.
 *
 * @throws UnsafePath for a path with `..`, and for the records of the service at the root of a mount
 */
export function tryFindMount(location: Location, mounts: readonly MountPoint[]): MountedPath | undefined {
  refuseClimbing(location);
  const found = mounts
    .map((mount) => ({ mount, base: baseOf(mount, location) }))
    .filter(({ base }) => contains(base, location))
    .sort((one, other) => depthOf(other.base) - depthOf(one.base))[0];
  if (found === undefined) return undefined;
  const below = relativeTo(found.base, location) ?? '';
  if (OWN_RECORD.test(below))
    throw new UnsafePath(
      `${formatLocation(location)} is a place of the service's own records. Give a path of your data`,
    );
  const path = below === '' ? found.mount.path : `${withoutFinalSlashes(found.mount.path)}/${below}`;
  return { mount: found.mount, location: localLocation(path) };
}

/** Refuses a path with `..`: the symbolic links in the path change its meaning. */
function refuseClimbing(location: Location): void {
  if (location.scheme.isFileSystem && location.path.split('/').includes('..'))
    throw new UnsafePath(`${formatLocation(location)} has the name "..". Give the path without ".."`);
}

function baseOf(mount: MountPoint, location: Location): Location {
  return location.scheme === LOCAL ? localLocation(mount.path) : efsLocation(mount.fileSystemId, mount.root);
}

function depthOf(location: Location): number {
  return formatLocation(location).split('/').filter(Boolean).length;
}

function explainMissing(location: Location, mounts: readonly MountPoint[]): string {
  const shown = mounts.map((mount) => `${mount.fileSystemId}:${mount.root} at ${mount.path}`).join(', ');
  const mistake = `${formatLocation(location)} is not in a file system that is mounted here`;
  return `${mistake} (mounted: ${shown === '' ? 'none' : shown}). Mount its file system, or call a function that mounts it`;
}
