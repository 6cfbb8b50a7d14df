/** Which folder of this machine shows which part of which file system. */
import { FileSystemNotMounted, UnsafePath } from '../errors';
import { contains, formatLocation, type Location, relativeTo } from './location';

export interface MountPoint {
  /** The local folder. */
  readonly path: string;
  readonly fileSystemId: string;
  /** The path inside the file system that the mount shows, such as `/scratch`. */
  readonly root: string;
}

/** A path of this machine, in the form every store of files takes. */
export type PathLocation = Extract<Location, { kind: 'path' }>;

/** A mount, and the local path of a location that lies in it. */
export interface MountedPath {
  readonly mount: MountPoint;
  readonly location: PathLocation;
}

/**
 * The local path of a location: through the mount with the deepest root, never outside of it.
 *
 * @throws FileSystemNotMounted when no mount shows that path
 * @throws UnsafePath for a path with `..`
 */
export function toMountedPath(location: Location, mounts: readonly MountPoint[]): PathLocation {
  return location.kind === 'path' ? location : findMount(location, mounts).location;
}

/**
 * The mount that holds a location, given as a path of its file system or of this machine.
 *
 * @throws FileSystemNotMounted
 * @throws UnsafePath for a path with `..`
 */
export function findMount(location: Location, mounts: readonly MountPoint[]): MountedPath {
  const found = tryFindMount(location, mounts);
  if (found !== undefined) return found;
  const fileSystemId = location.kind === 'efs' ? location.fileSystemId : undefined;
  throw new FileSystemNotMounted(explainMissing(location, mounts), fileSystemId);
}

/** The same for who can do without. @throws UnsafePath for a path with `..` */
export function tryFindMount(location: Location, mounts: readonly MountPoint[]): MountedPath | undefined {
  refuseClimbing(location);
  const found = mounts
    .map((mount) => ({ mount, base: baseOf(mount, location) }))
    .filter(({ base }) => contains(base, location))
    .sort((one, other) => depthOf(other.base) - depthOf(one.base))[0];
  if (found === undefined) return undefined;
  const below = relativeTo(found.base, location) ?? '';
  const path = below === '' ? found.mount.path : `${found.mount.path.replace(/\/+$/, '')}/${below}`;
  return { mount: found.mount, location: { kind: 'path', path } };
}

/** Refuses a path that climbs: what it means depends on symbolic links on its way. */
function refuseClimbing(location: Location): void {
  if (location.kind !== 's3' && location.path.split('/').includes('..'))
    throw new UnsafePath(`${formatLocation(location)} has ".." in it. Give the path it stands for`);
}

function baseOf(mount: MountPoint, location: Location): Location {
  return location.kind === 'path'
    ? { kind: 'path', path: mount.path }
    : { kind: 'efs', fileSystemId: mount.fileSystemId, path: mount.root };
}

function depthOf(location: Location): number {
  return formatLocation(location).split('/').filter(Boolean).length;
}

function explainMissing(location: Location, mounts: readonly MountPoint[]): string {
  const shown = mounts.map((mount) => `${mount.fileSystemId}:${mount.root} at ${mount.path}`).join(', ');
  const what = `${formatLocation(location)} is not in a file system that is mounted here`;
  return `${what} (mounted: ${shown === '' ? 'none' : shown}). Mount it, or send this to a function that does`;
}
