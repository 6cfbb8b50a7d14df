/** What is known of files' contents without reading them: what `size_only` false would otherwise read every time. */
import type { Location } from '../location';
import type { Store, StoredFile } from '../store';

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
