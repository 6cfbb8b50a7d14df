/** A preview of a transfer: its copies and removals, with reasons. It changes nothing. */
import type { Bytes } from '../units';
import { withChecksums } from './copy/compare';
import { type CopyReason, decide, type Verdict } from './copy/decide';
import { withVerified } from './copy/verified';
import { listDestination, staleFiles } from './finish/mirror';
import type { DataSyncRequest } from './request';
import type { StoredFile } from './store';
import { openTransfer, type Transfer, type TransferWorld } from './transfer';

export interface TransferPreview {
  /** Files to copy, in byte order of their keys. The key is `''` for a source that is a file. */
  readonly copies: readonly { readonly key: string; readonly size: Bytes; readonly because: CopyReason }[];
  /** Number of files that the destination has already. */
  readonly unchanged: number;
  /** Keys that a mirror removes: the source does not have them. Empty without `delete`. */
  readonly removals: readonly string[];
}

/**
 * Lists source and destination, and compares them as the transfer does.
 *
 * @throws the errors that the transfer throws before it writes
 */
export async function previewTransfer(
  request: DataSyncRequest,
  world: TransferWorld,
): Promise<TransferPreview> {
  const transfer = await openTransfer(request, world);
  const existing = await listDestination(transfer, world.signal);
  const verdicts = await withVerified(transfer, world, (known) => judge(known, existing, world.signal));
  const copies = verdicts.flatMap(({ file, verdict }) =>
    verdict.copy ? [{ key: file.key, size: file.size, because: verdict.because }] : [],
  );
  const isMirror = request.delete && transfer.isFolder;
  return {
    copies,
    unchanged: transfer.files.length - copies.length,
    removals: isMirror ? staleFiles(transfer, existing).map(({ key }) => key) : [],
  };
}

async function judge(transfer: Transfer, existing: ReadonlyMap<string, StoredFile>, signal: AbortSignal) {
  const verdicts: { readonly file: StoredFile; readonly verdict: Verdict }[] = [];
  for (const file of transfer.files) {
    const compared = await withChecksums(transfer, file, existing.get(file.key), signal);
    verdicts.push({ file, verdict: decide(...compared, transfer.request) });
  }
  return verdicts;
}
