/**
 * Sets back the mtime of files before they get their names, so that their versions stay unique.
 *
 * The clock of mtimes has ticks of some milliseconds. A write to the file within the tick of its last byte would not
 * change its mtime. With an mtime one millisecond earlier, every write changes it.
 */
import { fstatSync, futimesSync } from 'node:fs';
import { lstat, utimes } from 'node:fs/promises';
import { versionOf } from './file-walk';

const BACK_MS = 1;

/** Sets the mtime back. @returns the new version of the file */
export async function dateBack(path: string): Promise<string> {
  const { atime, mtimeMs } = await lstat(path);
  await utimes(path, atime, (mtimeMs - BACK_MS) / 1000);
  return versionOf(await lstat(path));
}

/** Does the same with an open file, synchronously. */
export function dateBackNow(file: number): string {
  const { atime, mtimeMs } = fstatSync(file);
  futimesSync(file, atime, (mtimeMs - BACK_MS) / 1000);
  return versionOf(fstatSync(file));
}
