/** Makes folders, and removes empty folders. */
import { mkdirSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathBelow, readByteFolder } from './byte-names';
import { codeOf, isMissing, unlessMissing } from './file-errors';
import { syncFolder, syncFolderNow } from './folder-syncs';

const STILL_USED = new Set(['ENOTEMPTY', 'EEXIST', 'EBUSY']);

/** Removes the empty folders below a folder, the deepest first. Keeps the folder itself. */
export async function removeEmptyFolders(folder: string | Buffer): Promise<void> {
  const entries = (await unlessMissing(readByteFolder(folder))) ?? [];
  for (const entry of entries) if (entry.isDirectory()) await removeIfEmpty(pathBelow(folder, entry.name));
}

/** Removes the empty folders below a folder, then the folder itself when it is empty. */
export async function removeIfEmpty(folder: string | Buffer): Promise<void> {
  await removeEmptyFolders(folder);
  await rmdir(folder).catch((error) => {
    if (!STILL_USED.has(codeOf(error)) && !isMissing(error)) throw error;
  });
}

/** Makes a folder and the missing folders above it. When durable, all new folders survive a power cut. */
export async function makeFolders(folder: string, isDurable: boolean): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (isDurable) for (const holder of holdersOf(first, folder)) await syncFolder(holder);
}

/** Creates a file. Makes its folder only after a failure: most folders exist. */
export async function inFolderOf<T>(path: string, isDurable: boolean, create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    await makeFolders(dirname(path), isDurable);
    return create();
  }
}

/** Makes folders as {@link makeFolders}, synchronously. */
export function makeFoldersNow(folder: string, isDurable: boolean): void {
  const first = mkdirSync(folder, { recursive: true });
  if (isDurable) for (const holder of holdersOf(first, folder)) syncFolderNow(holder);
}

/** Returns the folders with an entry of a new folder. @param first the highest new folder, undefined for no new folder */
function holdersOf(first: string | undefined, folder: string): string[] {
  if (first === undefined) return [];
  const holders = [dirname(folder)];
  for (let made = folder; made !== first; made = dirname(made)) holders.push(dirname(dirname(made)));
  return holders;
}
