/** Selects the listing of a location in a Lambda function. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { PathListing } from '../paths/entries';
import { findMount, type MountPoint, toMountedPath } from '../transfer/mounts';
import { byScheme } from '../transfer/schemes';
import { EFS, LOCAL } from '../transfer/schemes/file-systems';
import { S3 } from '../transfer/schemes/s3';
import { FileEntries } from './files/file-entries';
import { S3Entries } from './s3/s3-entries';

/** Returns the listing of S3 and of the mounted file systems, by id or local path. It refuses other local paths. */
export function pathListing(s3Client: S3Client, mounts: readonly MountPoint[]): PathListing {
  const files: PathListing = {
    async *list(location, signal) {
      const root = findMount(location, mounts).mount.path;
      const entries = new FileEntries({ root, toPath: (each) => toMountedPath(each, mounts).path });
      yield* entries.list(location, signal);
    },
  };
  const chosen = byScheme<PathListing>([
    [S3, new S3Entries(s3Client)],
    [EFS, files],
    [LOCAL, files],
  ]);
  return { list: (location, signal) => chosen(location).list(location, signal) };
}
