/** Copies that several executions read: the inputs in a shared volume. */
import { TransferMismatch } from '../../errors';
import { formatLocation } from '../location';
import type { DataSyncRequest } from '../request';
import type { StoredFile } from '../store';
import { destinationOf, keysOf, type Transfer } from '../transfer';
import { isBySize } from './decide';

/**
 * Returns whether the destination is a copy for several executions: it has one writer at a time, it mirrors its source,
 * and contents are compared. Such a copy has the source's files and nothing else.
 */
export function isStagedForOthers(request: DataSyncRequest): boolean {
  const { requireLock, delete: mirrors, destinationPath } = request;
  return requireLock && mirrors && destinationPath.scheme.isFileSystem && !isBySize(request);
}

/**
 * Removes the symbolic links from such a copy before anything is compared or written. A transfer would write through a
 * link to a folder, and the target of a link could change after it was compared.
 *
 * @param existing the files at the destination
 * @returns the files that stay
 */
export async function withoutLinks(
  transfer: Transfer,
  existing: ReadonlyMap<string, StoredFile>,
): Promise<ReadonlyMap<string, StoredFile>> {
  const { request, target, isFolder } = transfer;
  if (!isFolder || !isStagedForOthers(request)) return existing;
  const kept = new Map(existing);
  for (const file of existing.values()) {
    if (!mayLead(file)) continue;
    await transfer.mayCommit?.();
    await target.remove(destinationOf(transfer, file));
    kept.delete(file.key);
  }
  return kept;
}

/** Removes a symbolic link in the place of the copy itself. */
export async function removeLinkAt(
  transfer: Pick<Transfer, 'request' | 'target' | 'to' | 'isFolder' | 'mayCommit'>,
): Promise<void> {
  if (!transfer.isFolder || !isStagedForOthers(transfer.request)) return;
  await transfer.mayCommit?.();
  await transfer.target.removeLink?.(transfer.to);
}

/**
 * Refuses a copy whose files were written through a link to a folder. The mirror has removed the link, and the files are
 * missing now.
 *
 * @param removed the files that the mirror has removed
 * @throws TransferMismatch
 */
export function refuseHollow(transfer: Transfer, removed: readonly StoredFile[]): void {
  const links = removed.filter(mayLead).map(({ key }) => `${key}/`);
  const missing = keysOf(transfer).find((key) => links.some((link) => key.startsWith(link)));
  if (missing === undefined) return;
  throw new TransferMismatch(
    `${formatLocation(transfer.to)} had a symbolic link in the place of a folder, so "${missing}" is missing. Run the transfer again`,
  );
}

function mayLead({ isLink, unsafe }: StoredFile): boolean {
  return isLink === true || unsafe !== undefined;
}
