/** The records of our own on a mounted file system that nobody needs any more. */
import { lstat, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnRecords } from '../../steps/sweep';
import type { MountPoint } from '../../transfer/mounts';
import { unlessMissing } from './file-errors';
import { removeStaleLeases } from './file-lease-facts';
import { LEASES_FOLDER } from './file-names';
import { removeOldNotes } from './file-sweep-notes';

const DAY_MS = 24 * 3_600_000;
/** Ages in milliseconds. No call holds a lease for a day, and a sweep ends within a day. */
const LEASE_MS = DAY_MS;
const NOTES_MS = 2 * DAY_MS;
/** A record of a use whose input is gone. An input that is staged anew gets a new record. */
const USE_MS = DAY_MS;

/** Returns the {@link OwnRecords} of the mounted file systems. */
export function fileOwnRecords(mounts: readonly MountPoint[]): OwnRecords {
  return {
    sweep: async (mode) => {
      let [leases, notes, uses] = [0, 0, 0];
      for (const { path } of mounts) {
        leases += await removeStaleLeases(path, LEASE_MS, mode);
        notes += await removeOldNotes(path, NOTES_MS, mode);
        uses += await removeUsesOfMissing(path, mode);
      }
      const counts = { lease: leases, sweep_notes: notes, last_use: uses };
      return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
    },
  };
}

async function removeUsesOfMissing(
  root: string,
  { now, isDryRun }: { readonly now: number; readonly isDryRun: boolean },
): Promise<number> {
  const folder = join(root, LEASES_FOLDER, 'used');
  let removed = 0;
  for (const name of (await unlessMissing(readdir(folder))) ?? []) {
    const record = join(folder, name);
    const stats = await unlessMissing(stat(record));
    if (stats === undefined || now - stats.mtimeMs < USE_MS) continue;
    const path = await unlessMissing(readFile(record, 'utf8'));
    if (path === undefined || (await unlessMissing(lstat(join(root, path)))) !== undefined) continue;
    if (!isDryRun) await unlessMissing(unlink(record));
    removed++;
  }
  return removed;
}
