/** The interface of stores: S3, file systems, and everything else that holds files by key. */
import type { Readable } from 'node:stream';
import type { Bytes } from '../units';
import type { KeyRange } from './keys';
import type { Location } from './location';

/** One file of a listing. */
export interface StoredFile {
  /** Path relative to the listed location, `/` between names; `''` if the location itself is the file. */
  readonly key: string;
  readonly size: Bytes;
  /** A change of the content changes the version. It is an ETag, or the time, size and number of an inode. */
  readonly version?: string;
  /** A checksum of the whole content. Listings have none; a comparison computes it for both of its files. */
  readonly checksum?: string;
  /** The reason why the file must not be read, such as a symbolic link that leads outside. Its size is then 0. */
  readonly unsafe?: string;
  /** The file has a name of the service's own files. A source is refused for it. At a destination it does not count. */
  readonly isReserved?: true;
  /** The file is a symbolic link. A read returns the content of its target; a copy of the link itself is not that content. */
  readonly isLink?: true;
}

/**
 * The contract of every store. Its tests are in `test/transfer/store-contract.ts`.
 *
 * A location with a slash at its end is a folder, and a file of that name does not count.
 */
export interface Store {
  /** Returns the file at exactly this location; undefined for an absent file. */
  stat(location: Location): Promise<StoredFile | undefined>;

  /** Returns whether the location has a file, a folder (also an empty folder), or a key below it. */
  exists(location: Location): Promise<boolean>;

  /**
   * Lists the file at the location, or the files below the folder, in byte order of their keys ({@link compareKeys}).
   * The store lists while the caller reads. A location that does not exist has no files. Folder markers are not files.
   * Files with reserved names are in the list, with the reason why they must not be read.
   *
   * @param range the keys to list; a location that is a file is in every range
   */
  list(location: Location, signal: AbortSignal, range?: KeyRange): AsyncIterable<StoredFile>;

  /** Lists the same files in pages, for a store that receives pages. {@link pagesOf} calls it. */
  listPages?(location: Location, signal: AbortSignal, range?: KeyRange): AsyncIterable<readonly StoredFile[]>;

  /**
   * Returns the content of a listed file: every byte of it, or an error.
   *
   * The stream fails with TransferMismatch if the file no longer has the listed version.
   */
  read(location: Location, expected: StoredFile, signal: AbortSignal): Readable;

  /**
   * Writes a whole file, or nothing if it fails. The new file replaces an old file. Missing folders are made.
   *
   * @throws TransferMismatch when the content does not have exactly `size` bytes
   * @throws UnsafePath when the location leaves the store's root
   */
  write(location: Location, content: Readable, size: Bytes, signal: AbortSignal): Promise<void>;

  /** Removes one file. A missing file is not an error. */
  remove(location: Location): Promise<void>;

  /** Removes a symbolic link at exactly this location. Any other entry, and a missing one, is not an error and stays. */
  removeLink?(location: Location): Promise<void>;

  /** Removes the empty folders below the location, but not the folder at the location. */
  removeEmptyFolders?(location: Location): Promise<void>;

  /**
   * Copies a file from a store that this store knows, faster than {@link read} and {@link write} and with their
   * guarantees.
   *
   * @param onBytes gets the number of new bytes as they arrive; it is not called for a copy in one request
   * @returns false if this store cannot copy from that store; it has then done nothing
   */
  copyFrom?(
    source: Store,
    from: Location,
    expected: StoredFile,
    to: Location,
    signal: AbortSignal,
    onBytes?: (bytes: number) => void,
  ): Promise<boolean>;

  /** Assembles large files from ranges that several calls copy. Absent if the store cannot do that. */
  readonly assembler?: Assembler;

  /**
   * Returns the same store with a check immediately before each rename of a new file to its name.
   *
   * @param mayCommit rejects to refuse the rename: the file does not appear
   */
  guardedBy?(mayCommit: () => Promise<void>): Store;

  /**
   * Returns the same store, which reports the version of each new file before the file gets its name.
   *
   * A later write by another writer always gives the file another version, however soon it comes.
   */
  watchedBy?(onPlaced: OnPlaced): Store;
}

/** A large file that several calls copy, range by range. */
export interface Assembly {
  readonly to: Location;
  /** Id from {@link Assembler.begin}. */
  readonly id: string;
  readonly source: Store;
  readonly from: Location;
  /** The file as it was listed. All ranges are of its version. */
  readonly file: StoredFile;
}

/**
 * Assembles a file from ranges. Calls on several machines copy them, at the same time or one after another.
 *
 * A copied range stays, also if its call is killed. The file appears when it has all ranges.
 */
export interface Assembler {
  /** Returns the grain of a file of this size, in bytes. Ranges begin at multiples of the grain. */
  grainOf(size: Bytes, source: Store): Bytes;

  /**
   * Begins an assembly.
   *
   * @returns the id for all calls of this assembly; the id of an unfinished assembly of this version if one is found
   */
  begin(to: Location, file: StoredFile): Promise<string>;

  /** Returns the id of an unfinished assembly of this version; undefined for no such assembly, or an unknown one. */
  find(to: Location, file: StoredFile): Promise<string | undefined>;

  /**
   * Copies the missing grains of a range.
   *
   * @param mayStart called before each grain; after `false` no grain starts, and the running grains go on to their ends
   * @param onBytes gets the number of new bytes as they arrive
   * @returns whether the range is complete
   * @throws TransferMismatch when the source no longer has the listed version
   */
  copyRange(
    assembly: Assembly,
    range: { readonly from: number; readonly to: number },
    options: {
      readonly signal: AbortSignal;
      mayStart(): boolean;
      onBytes(bytes: number): void;
    },
  ): Promise<boolean>;

  /**
   * Gives the file its name if it has all ranges.
   *
   * @returns `missing` if a range is missing; `done` also if another call was faster
   */
  finish(assembly: Omit<Assembly, 'source' | 'from'>): Promise<'done' | 'missing'>;

  /** Removes the copied ranges of an assembly. An unknown assembly is not an error. */
  abandon(to: Location, id: string): Promise<void>;
}

export type OnPlaced = (location: Location, version: string) => void;

export interface Stores {
  /**
   * Returns the store that holds this location.
   *
   * @throws FileSystemNotMounted
   * @throws UnsafePath for a path that this process must not touch
   */
  open(location: Location): Store;
}

/** Lists any store in pages. A store without pages gets pages of one file. */
export async function* pagesOf(
  store: Store,
  location: Location,
  signal: AbortSignal,
  range?: KeyRange,
): AsyncGenerator<readonly StoredFile[]> {
  if (store.listPages !== undefined) yield* store.listPages(location, signal, range);
  else for await (const file of store.list(location, signal, range)) yield [file];
}
