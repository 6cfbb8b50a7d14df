/** Records of file contents. With them `size_only` false does not read every content each time. */
import type { Location } from '../location';
import type { Store, StoredFile } from '../store';

export interface Verified {
  /** The ETag of an object with the same content. */
  readonly tag: string;
  /** The tag comes from the content. The ETag of a copied object may be no MD5 (SSE-KMS): it equals only itself. */
  readonly isComputed: boolean;
}

/** The state of a file before its content is read. */
export interface Seen {
  readonly known: Verified | undefined;
  /** Records the tag of the content, unless the file is so new that one more write would not show in its version. */
  remember(tag: string): void;
}

/**
 * Tags of files, each for one version of the file. A record only saves the reading of a content. So a lost or broken
 * record is like an empty record, and no method fails.
 */
export interface VerifiedRecord {
  /** Whether a look into the record is cheaper than to read the file. */
  isWorth(file: StoredFile): boolean;
  /** Returns undefined when {@link isWorth} is false, or when the file is not the listed version any more. */
  see(location: Location, listed: StoredFile): Promise<Seen | undefined>;
  /** Records the tag for a file that was just put in place, if the file still has this version. */
  keepPlaced(location: Location, placed: StoredFile, tag: string): Promise<void>;
  save(): Promise<void>;
}

export interface VerifiedRecords {
  /** Returns the record of a location; undefined where no record can be kept. */
  open(location: Location): Promise<VerifiedRecord | undefined>;
}

/** The records of both ends of a transfer. S3 has no record, because it keeps ETags itself. */
export interface VerifiedEnds {
  readonly source: VerifiedRecord | undefined;
  readonly target: VerifiedRecord | undefined;
  /** The target of the transfer. It writes the version of each placed file into `placed`, by location. */
  readonly watched: Store | undefined;
  readonly placed: Map<string, string>;
}
