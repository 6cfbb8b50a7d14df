/** Removes empty folders. */
import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, isMissing, unlessMissing } from './file-errors';

const STILL_USED = new Set(['ENOTEMPTY', 'EEXIST', 'EBUSY']);

/** Removes the empty folders below a folder, the deepest first. Keeps the folder itself. */
export async function removeEmptyFolders(folder: string): Promise<void> {
  const entries = (await unlessMissing(readdir(folder, { withFileTypes: true }))) ?? [];
  for (const entry of entries) if (entry.isDirectory()) await removeIfEmpty(join(folder, entry.name));
}

/** Removes the empty folders below a folder, then the folder itself when it is empty. */
export async function removeIfEmpty(folder: string): Promise<void> {
  await removeEmptyFolders(folder);
  await rmdir(folder).catch((error) => {
    if (!STILL_USED.has(codeOf(error)) && !isMissing(error)) throw error;
  });
}
