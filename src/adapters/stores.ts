/** Selects the store of a location in a Lambda function. */
import type { S3Client } from '@aws-sdk/client-s3';
import { contains, type Location } from '../transfer/location';
import { findMount, type MountPoint, toMountedPath } from '../transfer/mounts';
import { byScheme } from '../transfer/schemes';
import { EFS, LOCAL, localLocation } from '../transfer/schemes/file-systems';
import { S3 } from '../transfer/schemes/s3';
import type { Store, Stores } from '../transfer/store';
import { FileStore } from './files/file-store';
import { S3Store } from './s3/s3-store';

/**
 * Returns the stores of S3 and of the mounted file systems, by id or local path. They refuse other local paths: a
 * request must not copy the function's own files, or `/proc`, to a bucket. Each request needs new stores, because a
 * file store remembers the folders that it has found inside its root.
 *
 * @param folders further local folders in which requests may read and write
 */
export function awsStores(
  s3Client: S3Client,
  mounts: readonly MountPoint[],
  folders: readonly string[] = [],
): Stores {
  const s3 = new S3Store(s3Client);
  const files = mountedStores(mounts, folders);
  const chosen = byScheme<Stores>([
    [S3, { open: () => s3 }],
    [EFS, files],
    [LOCAL, files],
  ]);
  return { open: (location) => chosen(location).open(location) };
}

/** Returns the stores of mounted file systems and local folders. Each store refuses paths outside of its root. */
export function mountedStores(mounts: readonly MountPoint[], folders: readonly string[] = []): Stores {
  const toPath = (location: Location) => toMountedPath(location, mounts).path;
  const stores = new Map<string, Store>();
  const open = (root: string): Store => {
    const store = stores.get(root) ?? new FileStore({ root, toPath });
    stores.set(root, store);
    return store;
  };
  return {
    open: (location) => {
      const folder = folders.find((path) => contains(localLocation(path), location));
      return open(folder ?? findMount(location, mounts).mount.path);
    },
  };
}
