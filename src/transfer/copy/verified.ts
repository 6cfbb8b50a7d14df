/** Records of verified contents around a transfer. */
import { tagOf } from '../etags';
import { formatLocation, type Location } from '../location';
import type { OnPlaced, StoredFile } from '../store';
import { destinationOf, type SyncWorld, type Transfer } from '../transfer';
import { isBySize } from './decide';
import type { VerifiedEnds, VerifiedRecord } from './verified-record';

/**
 * Opens the records for a transfer that compares contents, and saves them at the end, also after a failure. With
 * `force` nothing reads the records, but the tags of copied files are recorded.
 */
export async function withVerified<T>(
  transfer: Transfer,
  { verified }: Pick<SyncWorld, 'verified'>,
  use: (transfer: Transfer) => Promise<T>,
): Promise<T> {
  if (verified === undefined || isBySize(transfer.request)) return use(transfer);
  const open = async (location: Location) =>
    location.scheme.isFileSystem ? verified.open(location) : undefined;
  const [source, target] = await Promise.all([open(transfer.from), open(transfer.to)]);
  try {
    return await use({ ...transfer, verified: endsOf(transfer, source, target) });
  } finally {
    await source?.save();
    await target?.save();
  }
}

function endsOf(
  { target: store }: Transfer,
  source: VerifiedRecord | undefined,
  target: VerifiedRecord | undefined,
): VerifiedEnds {
  const placed = new Map<string, string>();
  const onPlaced: OnPlaced = (location, version) => placed.set(formatLocation(location), version);
  return { source, target, watched: store.watchedBy?.(onPlaced), placed };
}

/**
 * Copies an object and records the object's ETag for the copy. Every request for its bytes names the listed ETag
 * (If-Match), so nothing has to read the copy.
 *
 * @param copy copies the file with the transfer of its argument
 */
export async function copyOnRecord(
  transfer: Transfer,
  file: StoredFile,
  copy: (transfer: Transfer) => Promise<void>,
): Promise<void> {
  const { target: record, watched, placed } = transfer.verified ?? {};
  const tag = tagOf(file);
  if (tag === undefined || watched === undefined || record?.isWorth(file) !== true) return copy(transfer);
  const location = destinationOf(transfer, file);
  const name = formatLocation(location);
  try {
    await copy({ ...transfer, target: watched });
    const version = placed?.get(name);
    if (version !== undefined) await record.keepPlaced(location, { ...file, version }, tag);
  } finally {
    placed?.delete(name);
  }
}
