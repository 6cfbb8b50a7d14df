/** Folders that are made once in a test run, for the test files of all workers. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** The variable with the parent folder. The workers of a run inherit it. */
export const PARENT = 'SHARED_FOLDERS_OF_TESTS';
const POLL_MS = 50;

/**
 * Makes a folder, or waits for the worker that makes it.
 *
 * @param make fills the folder that it gets. When it fails, the next caller tries again
 */
export async function sharedFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const [folder, lock] = [sharedPath(name), sharedPath(`${name}.making`)];
  while (!existsSync(folder)) {
    if (!(await begins(lock))) {
      await setTimeout(POLL_MS);
      continue;
    }
    try {
      if (!existsSync(folder)) {
        await make(`${folder}.partial`);
        await rename(`${folder}.partial`, folder);
      }
    } finally {
      await rm(lock, { recursive: true });
    }
  }
  return folder;
}

/** @returns false when another worker has begun */
async function begins(lock: string): Promise<boolean> {
  return mkdir(lock).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** The path of a folder that all workers know, made or not. */
export function sharedPath(name: string): string {
  const parent = process.env[PARENT];
  if (parent === undefined) throw new Error(`${PARENT} is not set: run these tests through jest.config.cjs`);
  return join(parent, name);
}
