/** What a destination has that its source has not. */
import { asFolder, contains, joinLocation } from '../location';
import { pagesOf, type StoredFile } from '../store';
import { destinationOf, forEachFile, keysOf, type SyncWorld, type Transfer } from '../transfer';

/**
 * What is at the destination already, by its key: the files of the folder, or the one file.
 * Nothing that `keep_paths` names is in it.
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
    for (const file of page) if (kept.length === 0 || !isKept(file.key)) existing.set(file.key, file);
  return existing;
}

/**
 * What of the destination a mirror removes: what the source has not.
 *
 * Nothing for an empty source: an output that was not written must not empty what an earlier one left.
 */
export function staleFiles(transfer: Transfer, existing: ReadonlyMap<string, StoredFile>): StoredFile[] {
  if (transfer.files.length === 0) return [];
  const wanted = new Set(keysOf(transfer));
  return [...existing.values()].filter((file) => !wanted.has(file.key));
}

/**
 * Removes from the destination what {@link staleFiles} names. The caller has listed the source, a folder, to its end.
 *
 * @returns whether it was done within the time
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
  return isDone;
}
