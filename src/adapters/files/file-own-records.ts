/** The records of our own on a mounted file system that nobody needs any more. */
import { lstat, readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnRecords } from '../../steps/sweep';
import { PARTIAL_NAME, REMOVING_NAME } from '../../sweep/files';
import type { MountPoint } from '../../transfer/mounts';
import { unlessMissing } from './file-errors';
import { removeStaleLeases } from './file-lease-facts';
import { KEPT_FOLDER, LEASES_FOLDER, VERIFIED_FOLDER } from './file-names';
import { removeOldReaders } from './file-readers';
import { removeOldNotes } from './file-sweep-notes';

const DAY_MS = 24 * 3_600_000;
/** Ages in milliseconds. No call holds a lease for a day, and a sweep ends within a day. */
const LEASE_MS = DAY_MS;
const NOTES_MS = 2 * DAY_MS;
/** A record of a use whose input is gone. An input that is staged anew gets a new record. */
const USE_MS = DAY_MS;
/** Temporary files and folders of killed calls. */
const LEFT_MS = DAY_MS;

interface Mode {
  readonly now: number;
  readonly isDryRun: boolean;
}

/** Returns the {@link OwnRecords} of the mounted file systems. */
export function fileOwnRecords(mounts: readonly MountPoint[]): OwnRecords {
  return {
    sweep: async (mode) => {
      const counts = { temporary: 0, lease: 0, sweep_notes: 0, last_use: 0, reader: 0 };
      for (const { path } of mounts) {
        for (const folder of [LEASES_FOLDER, VERIFIED_FOLDER, KEPT_FOLDER])
          counts.temporary += await removeTemporary(join(path, folder), mode);
        counts.lease += await removeStaleLeases(path, LEASE_MS, mode);
        counts.sweep_notes += await removeOldNotes(path, NOTES_MS, mode);
        counts.last_use += await removeUsesOfMissing(path, mode);
        counts.reader += await removeOldReaders(path, mode);
      }
      return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
    },
  };
}

/** Removes what killed calls have left in a folder of ours. @returns the number of removed files and folders */
async function removeTemporary(folder: string, mode: Mode): Promise<number> {
  let removed = 0;
  for (const entry of (await unlessMissing(readdir(folder, { withFileTypes: true }))) ?? []) {
    const path = join(folder, entry.name);
    if (PARTIAL_NAME.test(entry.name) || REMOVING_NAME.test(entry.name)) {
      const stats = await unlessMissing(lstat(path));
      if (stats === undefined || mode.now - stats.mtimeMs < LEFT_MS) continue;
      if (!mode.isDryRun) await rm(path, { recursive: true, force: true });
      removed++;
    } else if (entry.isDirectory()) removed += await removeTemporary(path, mode);
  }
  return removed;
}

async function removeUsesOfMissing(root: string, { now, isDryRun }: Mode): Promise<number> {
  const folder = join(root, LEASES_FOLDER, 'used');
  let removed = 0;
  for (const name of (await unlessMissing(readdir(folder))) ?? []) {
    if (name.startsWith('.')) continue;
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
