/** Whose listing a location is in, where Lambda runs. */
import type { PathListing } from '../paths/entries';
import { findMount, toMountedPath } from '../transfer/mounts';
import { FileEntries } from './files/file-entries';
import { S3Entries } from './s3/s3-entries';
import type { StoresWorld } from './stores';

/** S3 and the mounted file systems, by id or by local path, and nothing else of this machine. */
export function pathListing({ s3Client, mounts }: Omit<StoresWorld, 'folders'>): PathListing {
  const s3 = new S3Entries(s3Client);
  return {
    async *list(location, signal) {
      if (location.kind === 's3') return yield* s3.list(location, signal);
      const root = findMount(location, mounts).mount.path;
      const files = new FileEntries({ root, toPath: (each) => toMountedPath(each, mounts).path });
      return yield* files.list(location, signal);
    },
  };
}
