/** The two ends of an AWS DataSync task: a prefix of a bucket, or a folder of a file system. */
import { type Location, relativeTo } from '../location';
import { type MountPoint, tryFindMount } from '../mounts';
import { localLocation } from '../schemes/file-systems';
import { s3ObjectOf } from '../schemes/s3';

export type TaskEnd =
  | { readonly kind: 's3'; readonly bucket: string; readonly subdirectory: string }
  /** The subdirectory is below the root of the mount. With an access point, that is the root of the access point. */
  | { readonly kind: 'efs'; readonly fileSystemId: string; readonly subdirectory: string };

/**
 * Returns the end of a task for a location, as a folder; undefined for a location that is neither in S3 nor on a mounted
 * file system.
 *
 * @throws UnsafePath for a path with `..`
 */
export function toTaskEnd(location: Location, mounts: readonly MountPoint[]): TaskEnd | undefined {
  const object = s3ObjectOf(location);
  if (object !== undefined) return { kind: 's3', bucket: object.bucket, subdirectory: folderOf(object.key) };
  const found = tryFindMount(location, mounts);
  if (found === undefined) return undefined;
  const { fileSystemId, path } = found.mount;
  const below = relativeTo(localLocation(path), found.location) ?? '';
  return { kind: 'efs', fileSystemId, subdirectory: `/${folderOf(below)}` };
}

/** "Pattern" of `Subdirectory` (DataSync API reference, CreateLocationS3 and CreateLocationEfs). */
const SUBDIRECTORY = /^[a-zA-Z0-9_\-+./()\p{Zs}]*$/u;

/**
 * Returns the reason why DataSync cannot use this end; undefined for a usable end. "DataSync can't transfer
 * objects with a prefix that begins with a slash or includes //, /./, or /../ patterns" (CreateLocationS3,
 * "Subdirectory").
 */
export function explainSubdirectory({ kind, subdirectory }: TaskEnd): string | undefined {
  const names = subdirectory.split('/').slice(kind === 'efs' ? 1 : 0, -1);
  if (names.some((name) => ['', '.', '..'].includes(name)))
    return `its path "${subdirectory}" has an empty name, "." or ".."`;
  return SUBDIRECTORY.test(subdirectory)
    ? undefined
    : `its path "${subdirectory}" has other characters than A-Za-z0-9_-+./() and spaces`;
}

/** Adds a slash at the end, because the prefix `run1` without a slash is also a prefix of `run10`. */
function folderOf(path: string): string {
  return path === '' || path.endsWith('/') ? path : `${path}/`;
}
