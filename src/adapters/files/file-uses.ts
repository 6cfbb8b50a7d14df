/**
 * Keeps the last use of each shared input: a file in one folder of each mount, whose mtime is the last use. EFS keeps no
 * atime, and a reader changes no mtime.
 */
import { mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runLimited } from '../../transfer/concurrency';
import type { LastUse, LastUses } from '../../transfer/lease/uses';
import type { MountPoint } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';
import { codeOf, unlessMissing } from './file-errors';
import { placeOf } from './file-leases';
import { hashOf, LEASES_FOLDER, partialPathOf } from './file-names';

/** Concurrent reads of records. Over NFS each is a round trip. */
const AT_ONCE = 64;
const RECORD = /^[0-9a-f]{40}$/;

/** Returns the {@link LastUses} of the mounted file systems. */
export function fileUses(mounts: readonly MountPoint[]): LastUses {
  return {
    around: async (location) => readAll((await placeOf(location, mounts)).root),
    at: async (location) => {
      const { root, path } = await placeOf(location, mounts);
      return (await unlessMissing(stat(recordOf(root, path.slice(root.length)))))?.mtimeMs;
    },
    forget: async (location) => {
      const { root, path } = await placeOf(location, mounts);
      await unlessMissing(unlink(recordOf(root, path.slice(root.length))));
    },
  };
}

/**
 * Records that a path is in use now.
 *
 * @param path the path below the root, with a slash at its begin: another machine may mount the root at another path
 */
export async function noteUse(root: string, path: string): Promise<void> {
  const record = recordOf(root, path);
  const now = new Date();
  try {
    await utimes(record, now, now);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    const aside = partialPathOf(record);
    await mkdir(folderOf(root), { recursive: true });
    await writeFile(aside, path);
    await rename(aside, record);
  }
}

async function readAll(root: string): Promise<readonly LastUse[]> {
  const names = ((await unlessMissing(readdir(folderOf(root)))) ?? []).filter((name) => RECORD.test(name));
  const found: LastUse[] = [];
  const read = async (name: string) => {
    const use = await unlessMissing(readUse(join(folderOf(root), name), root));
    if (use !== undefined) found.push(use);
  };
  await runLimited(names, AT_ONCE, read, { signal: new AbortController().signal });
  return found;
}

async function readUse(record: string, root: string): Promise<LastUse> {
  const path = await readFile(record, 'utf8');
  return { location: localLocation(join(root, path)), usedAt: (await stat(record)).mtimeMs };
}

function recordOf(root: string, path: string): string {
  return join(folderOf(root), hashOf(path));
}

function folderOf(root: string): string {
  return join(root, LEASES_FOLDER, 'used');
}
