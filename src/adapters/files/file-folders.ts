/** Folders that hold nothing any more. */
import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, isMissing, unlessMissing } from './file-errors';

const STILL_USED = new Set(['ENOTEMPTY', 'EEXIST', 'EBUSY']);

/** Removes the folders below that hold nothing, the deepest first; never the folder itself. */
export async function removeEmptyFolders(folder: string): Promise<void> {
  const entries = (await unlessMissing(readdir(folder, { withFileTypes: true }))) ?? [];
  for (const entry of entries) if (entry.isDirectory()) await removeIfEmpty(join(folder, entry.name));
}

/** The same, and then the folder itself. */
export async function removeIfEmpty(folder: string): Promise<void> {
  await removeEmptyFolders(folder);
  await rmdir(folder).catch((error) => {
    if (!STILL_USED.has(codeOf(error)) && !isMissing(error)) throw error;
  });
}
