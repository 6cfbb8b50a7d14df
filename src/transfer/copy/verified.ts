/** What is known of files' contents without reading them: what `size_only` false would otherwise read every time. */

import { formatLocation, type Location } from '../location';
import type { OnPlaced, Store, StoredFile } from '../store';
import { destinationOf, type SyncWorld, type Transfer } from '../transfer';
import { tagOf } from './compare';
import { isBySize } from './decide';

export interface Verified {
  /** The ETag that an object with the content of the file has. */
  readonly tag: string;
  /** From the content itself. One that an object came with may be no MD5 (SSE-KMS): it only equals itself. */
  readonly isComputed: boolean;
}

/** A file as it was at one moment, to be asked for before its content is. */
export interface Seen {
  readonly known: Verified | undefined;
  /** Keeps what was then read, unless the file was written to so lately that one more writing would not show. */
  remember(tag: string): void;
}

/**
 * Tags of files, each of one version. A record only saves a reading: none, a lost one and a broken one are all the
 * same, and nothing of it fails.
 */
export interface VerifiedRecord {
  /** Whether to look a file up is cheaper than to read it. */
  isWorth(file: StoredFile): boolean;
  /** Undefined for a file that {@link isWorth} says no to, or that is not what was listed any more. */
  see(location: Location, listed: StoredFile): Promise<Seen | undefined>;
  /** Takes the tag over for a file that was put in place just now, if it still has this version. */
  keepPlaced(location: Location, placed: StoredFile, tag: string): Promise<void>;
  save(): Promise<void>;
}

export interface VerifiedRecords {
  /** The record of what is, or will be, at a location; undefined where none can be kept. */
  open(location: Location): Promise<VerifiedRecord | undefined>;
}

/** The records of both ends of a transfer; there is none of S3, which keeps ETags itself. */
export interface VerifiedEnds {
  readonly source: VerifiedRecord | undefined;
  readonly target: VerifiedRecord | undefined;
  /** The transfer's target, which tells here which versions it puts in place, by their location. */
  readonly watched: Store | undefined;
  readonly placed: Map<string, string>;
}

/**
 * Does something with the records of a transfer that compares contents, and keeps what was found out, also when it
 * fails half-way. With `force` nothing is looked up, yet what arrives is kept.
 */
export async function withVerified<T>(
  transfer: Transfer,
  { verified }: Pick<SyncWorld, 'verified'>,
  use: (transfer: Transfer) => Promise<T>,
): Promise<T> {
  if (verified === undefined || isBySize(transfer.request)) return use(transfer);
  const open = async (location: Location) => (location.kind === 's3' ? undefined : verified.open(location));
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
 * Copies an object so that its copy is on record. Every byte comes under the ETag that was listed (If-Match), so
 * nobody has to read them again to know it.
 *
 * @param copy copies the file with the transfer that it is given
 */
export async function copyOnRecord(
  transfer: Transfer,
  file: StoredFile,
  copy: (transfer: Transfer) => Promise<void>,
): Promise<void> {
  const { target: record, watched, placed } = transfer.verified ?? {};
  const tag = transfer.from.kind === 's3' ? tagOf(file) : undefined;
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
