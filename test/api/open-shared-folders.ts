import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PARENT } from './shared-folder';

/** Before all tests. */
export default async function openSharedFolders(): Promise<void> {
  process.env[PARENT] = await mkdtemp(join(tmpdir(), 'shared-'));
}
