/**
 * Dates of files that are about to be put in place, for who wants to know them again by their version.
 *
 * Whoever writes to a file that has its name gives it the time by then as its mtime, in ticks of some milliseconds.
 * A file that got its last byte within the same tick would have the same mtime before and after. One that is dated
 * a millisecond back has not.
 */
import { fstatSync, futimesSync } from 'node:fs';
import { lstat, utimes } from 'node:fs/promises';
import { versionOf } from './file-walk';

const BACK_MS = 1;

/** @returns the version that the file has then */
export async function dateBack(path: string): Promise<string> {
  const { atime, mtimeMs } = await lstat(path);
  await utimes(path, atime, (mtimeMs - BACK_MS) / 1000);
  return versionOf(await lstat(path));
}

/** The same at once, for an open file. */
export function dateBackNow(file: number): string {
  const { atime, mtimeMs } = fstatSync(file);
  futimesSync(file, atime, (mtimeMs - BACK_MS) / 1000);
  return versionOf(fstatSync(file));
}
