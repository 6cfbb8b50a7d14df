/** Keeps the notes of sweeps in the folder of leases, where no transfer and no job sees them. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SweepNotes } from '../../sweep/notes';
import type { EpochMs } from '../../units';
import { unlessMissing } from './file-errors';
import { hashOf, LEASES_FOLDER, partialPathOf } from './file-names';

/** Returns the {@link SweepNotes} at the root of a mount. */
export function fileSweepNotes(root: string): SweepNotes {
  const folder = folderOf(root);
  const pathOf = (sweep: string, part: number) => join(folder, `${hashOf(sweep)}.${part}`);
  return {
    write: async (sweep, part, content) => {
      const path = pathOf(sweep, part);
      const aside = partialPathOf(path);
      await mkdir(folder, { recursive: true });
      await writeFile(aside, content);
      await rename(aside, path);
    },
    read: (sweep, part) => unlessMissing(readFile(pathOf(sweep, part), 'utf8')),
    drop: async (sweep) => {
      for (const name of (await unlessMissing(readdir(folder))) ?? [])
        if (name.startsWith(`${hashOf(sweep)}.`)) await rm(join(folder, name), { force: true });
    },
  };
}

/** Removes the notes of sweeps that were stopped. @returns their number */
export async function removeOldNotes(
  root: string,
  olderThanMs: number,
  { now, isDryRun }: { readonly now: EpochMs; readonly isDryRun: boolean },
): Promise<number> {
  let removed = 0;
  for (const name of (await unlessMissing(readdir(folderOf(root)))) ?? []) {
    const path = join(folderOf(root), name);
    const stats = await unlessMissing(stat(path));
    if (stats === undefined || now - stats.mtimeMs < olderThanMs) continue;
    if (!isDryRun) await rm(path, { force: true });
    removed++;
  }
  return removed;
}

function folderOf(root: string): string {
  return join(root, LEASES_FOLDER, 'sweeps');
}
