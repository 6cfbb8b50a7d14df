/** The part of a sweep's world that is on the mounted file systems. */
import type { SweepWorld } from '../../steps/sweep';
import { type LeaseSettings, NFS_LEASE } from '../../transfer/lease/claims';
import type { MountPoint } from '../../transfer/mounts';
import { fileKept } from './file-kept';
import { fileLeaseFacts } from './file-lease-facts';
import { fileLeases } from './file-leases';
import { fileOwnRecords } from './file-own-records';
import { fileReaders } from './file-readers';
import { fileSweep } from './file-sweep';
import { fileSweepNotes } from './file-sweep-notes';
import { fileUses } from './file-uses';

type OnFiles = 'files' | 'leases' | 'use' | 'uses' | 'kept' | 'notes' | 'ownRecords';

/** @param mounts at least one; the first one has the notes of the sweep */
export function fileSweepWorld(
  mounts: readonly MountPoint[],
  settings: LeaseSettings = NFS_LEASE,
): Pick<SweepWorld, OnFiles> {
  return {
    files: fileSweep,
    leases: fileLeaseFacts(mounts),
    use: { leases: fileLeases({ mounts, settings }), readers: fileReaders(mounts) },
    uses: fileUses(mounts),
    kept: fileKept(mounts),
    notes: fileSweepNotes(mounts[0]?.path ?? ''),
    ownRecords: fileOwnRecords(mounts),
  };
}
