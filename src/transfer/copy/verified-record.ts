/** Records of file contents. With them, a comparison of contents (`size_only` false) reads fewer files. */
import type { Location } from '../location';
import type { Store, StoredFile } from '../store';

export interface Verified {
  /** The ETag of an object with the same content. */
  readonly tag: string;
  /** The tag was computed from the content. An ETag of an object may not be an MD5 (SSE-KMS): it equals only itself. */
  readonly isComputed: boolean;
}

/** The state of a file before its content is read. */
export interface Seen {
  readonly known: Verified | undefined;
  /** Records the tag of the content, unless the file is so new that one more write would not show in its version. */
  remember(tag: string): void;
}

/**
 * Tags of files, each for one version of the file. A record only saves the reading of contents. So a lost or broken
 * record counts as an empty record, and no method fails.
 */
export interface VerifiedRecord {
  /** Returns whether a look into the record is cheaper than the reading of the file. */
  isWorth(file: StoredFile): boolean;
  /**
   * Returns the state of a file; undefined when {@link isWorth} is false, or when the file no longer has the listed
   * version.
   */
  see(location: Location, listed: StoredFile): Promise<Seen | undefined>;
  /** Records the tag of a file that was just written, if the file still has this version. */
  keepPlaced(location: Location, placed: StoredFile, tag: string): Promise<void>;
  save(): Promise<void>;
}

export interface VerifiedRecords {
  /** Returns the record for a location; undefined if the file system cannot keep a record. */
  open(location: Location): Promise<VerifiedRecord | undefined>;
}

/** The records of both ends of a transfer. S3 has no record, because it keeps ETags itself. */
export interface VerifiedEnds {
  readonly source: VerifiedRecord | undefined;
  readonly target: VerifiedRecord | undefined;
  /** The target of the transfer, which stores the version of each written file in `placed`. Some stores cannot. */
  readonly watched: Store | undefined;
  /** Versions of written files by their locations. */
  readonly placed: Map<string, string>;
}
