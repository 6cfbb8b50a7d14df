/** The mirror: removes the files of a destination that its source does not have. */
import { refuseHollow } from '../copy/staging';
import { asFolder, contains, joinLocation } from '../location';
import { pagesOf, type StoredFile } from '../store';
import { destinationOf, forEachFile, keysOf, type SyncWorld, type Transfer } from '../transfer';

/**
 * Returns the files at the destination by their keys: the files of the folder, or the single file. Files in
 * `keep_paths` are left out.
 */
export async function listDestination(
  transfer: Pick<Transfer, 'target' | 'to' | 'isFolder' | 'request'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StoredFile>> {
  const { target, to, isFolder, request } = transfer;
  const existing = new Map<string, StoredFile>();
  if (!isFolder) {
    const file = await target.stat(to);
    return file === undefined ? existing : existing.set('', file);
  }
  const { keepPaths: kept = [] } = request;
  const isKept = (key: string) => kept.some((keep) => contains(keep, joinLocation(to, key)));
  for await (const page of pagesOf(target, asFolder(to), signal, request.keyRange))
    for (const file of page)
      if (!file.isReserved && (kept.length === 0 || !isKept(file.key))) existing.set(file.key, file);
  return existing;
}

/**
 * Returns the files that a mirror removes from the destination, because the source does not have them.
 *
 * A mirror of an empty source removes nothing: a job without an output must not remove the files of an earlier job.
 */
export function staleFiles(transfer: Transfer, existing: ReadonlyMap<string, StoredFile>): StoredFile[] {
  if (transfer.files.length === 0) return [];
  const wanted = new Set(keysOf(transfer));
  return [...existing.values()].filter((file) => !wanted.has(file.key));
}

/**
 * Removes the {@link staleFiles} of the destination. The caller has listed the source, a folder, to its end.
 *
 * @returns false if the time was over before the last removal
 * @throws TransferMismatch for files that were written through a link to a folder, see {@link refuseHollow}
 */
export async function removeStale(
  transfer: Transfer,
  existing: ReadonlyMap<string, StoredFile>,
  world: SyncWorld,
): Promise<boolean> {
  const stale = staleFiles(transfer, existing);
  if (stale.length === 0) return true;
  const remove = async (file: StoredFile) => {
    await transfer.mayCommit?.();
    await transfer.target.remove(destinationOf(transfer, file));
  };
  const isDone = await forEachFile(transfer, stale, remove, world);
  if (isDone) await transfer.target.removeEmptyFolders?.(transfer.to);
  refuseHollow(transfer, stale);
  return isDone;
}
