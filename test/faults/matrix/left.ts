/** Everything that demands leave on a file system and in S3. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileKept } from '../../../src/adapters/files/file-kept';
import { fileReaders } from '../../../src/adapters/files/file-readers';
import { localLocation } from '../../../src/transfer/schemes/file-systems';

export interface Held {
  /** Executions that are recorded as readers of shared inputs. */
  readonly readers: readonly string[];
  /** Claims of leases that nobody has released. */
  readonly claims: readonly string[];
  /** Working directories with a record that tells why they stay. */
  readonly kept: readonly string[];
  /** Half-written files, and trees that are removed only in part. */
  readonly halfWritten: readonly string[];
  /** Every file in S3. */
  readonly objects: readonly string[];
}

/**
 * @param fileSystem the folder of a whole file system
 * @param buckets the folder of all buckets. Undefined when S3 has no folder here.
 */
export async function heldAt(fileSystem: string, buckets?: string): Promise<Held> {
  const mounts = [{ path: fileSystem, fileSystemId: 'fs-1', root: '/' }];
  const readers = await fileReaders(mounts).around(localLocation(fileSystem));
  const records = await fileKept(mounts).list();
  const paths = pathsIn(fileSystem, fileSystem);
  return {
    readers: readers.map(({ execution }) => execution),
    claims: paths.filter((path) => path.endsWith('.claim') && !isReleased(join(fileSystem, path))),
    kept: records.map(({ kept }) => kept.path),
    halfWritten: paths.filter((path) => /\.(partial|proposal|removing)$/.test(path)),
    objects: buckets === undefined ? [] : pathsIn(buckets, buckets, 'files').sort(),
  };
}

/** Returns paths below a folder. Node's own recursive listing follows the links of jobs. */
function pathsIn(folder: string, top: string, only?: 'files'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const shown = path.slice(top.length + 1);
    if (!entry.isDirectory()) return [shown];
    return [...(only === undefined ? [shown] : []), ...pathsIn(path, top, only)];
  });
}

/** A released claim ends with an exclamation mark. */
function isReleased(claim: string): boolean {
  return readFileSync(claim, 'utf8').includes('!');
}
