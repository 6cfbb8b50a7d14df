import { rm } from 'node:fs/promises';
import { PARENT } from './shared-folder';

/** After all tests. */
export default async function removeSharedFolders(): Promise<void> {
  const parent = process.env[PARENT];
  if (parent !== undefined) await rm(parent, { recursive: true, force: true });
  delete process.env[PARENT];
}
