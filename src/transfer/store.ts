/** The interface of all stores: S3, file systems, and everything else that holds files by key. */
import type { Readable } from 'node:stream';
import type { Bytes } from '../units';
import type { KeyRange } from './keys';
import type { Location } from './location';

/** One file of a listing. */
export interface StoredFile {
  /** The path below the listed location, with `/` between names. It is `''` when the location itself is the file. */
  readonly key: string;
  readonly size: Bytes;
  /** Changes with the content: an ETag, or the time, size and number of an inode. */
  readonly version?: string;
  /** A checksum of the whole content, with the name of its algorithm (`sha256:...`). Some stores keep no checksum. */
  readonly checksum?: string;
  /** The reason why the file must not be read, such as a symbolic link to the outside. The size is then 0. */
  readonly unsafe?: string;
  /** The file is a symbolic link, and the store reads its target. A copy of the link itself has another content. */
  readonly isLink?: true;
}

/**
 * The contract of every store. Its test is `test/transfer/store-contract.ts`.
 *
 * A location with a slash at its end is a folder. It never means a file of that name.
 */
export interface Store {
  /** Returns the file at exactly this location; undefined without such a file. */
  stat(location: Location): Promise<StoredFile | undefined>;

  /** Whether a location exists: as a file, as a folder (empty or not), or as the beginning of a key. */
  exists(location: Location): Promise<boolean>;

  /**
   * Lists the file at the location, or the files of the folder in byte order of their keys ({@link compareKeys}). The
   * listing goes on with each request for the next file. A location that does not exist has no files. Folder markers
   * and our own leftovers are no files.
   *
   * @param range lists only these keys of a folder; a file is always listed
   */
  list(location: Location, signal: AbortSignal, range?: KeyRange): AsyncIterable<StoredFile>;

  /** Lists several files at once, for a store that gets pages. Callers use {@link pagesOf}. */
  listPages?(location: Location, signal: AbortSignal, range?: KeyRange): AsyncIterable<readonly StoredFile[]>;

  /**
   * Reads a listed file: every byte, or an error.
   *
   * The stream fails with TransferMismatch when the file is not the listed version any more.
   */
  read(location: Location, expected: StoredFile, signal: AbortSignal): Readable;

  /**
   * Puts a file in place, whole or not at all. It replaces the file that was there, and makes folders.
   *
   * @throws TransferMismatch when the content does not have exactly `size` bytes
   * @throws UnsafePath when the location lies outside of the store's root
   */
  write(location: Location, content: Readable, size: Bytes, signal: AbortSignal): Promise<void>;

  /** Removes one file. A missing file is no error. */
  remove(location: Location): Promise<void>;

  /** Removes empty folders below a folder. The folder itself stays. */
  removeEmptyFolders?(location: Location): Promise<void>;

  /**
   * Copies from a store that this store knows, by a shorter way. The promises are those of {@link read} and
   * {@link write}.
   *
   * @param onBytes gets the bytes since its last call; it is not called when all bytes come at once
   * @returns false when there is no shorter way; nothing has been copied then
   */
  copyFrom?(
    source: Store,
    from: Location,
    expected: StoredFile,
    to: Location,
    signal: AbortSignal,
    onBytes?: (bytes: number) => void,
  ): Promise<boolean>;

  /** Puts large files together from ranges that several calls bring. */
  readonly assembler?: Assembler;

  /**
   * Returns the same store with a check before each rename into place. Nothing happens between check and rename.
   *
   * @param mayCommit throws to keep the file from appearing
   */
  guardedBy?(mayCommit: () => Promise<void>): Store;

  /**
   * Returns the same store with a call for each file, before the file gets its name. The call has the version that the
   * file will have.
   *
   * The file never has this version again after another writer has written to it, however soon.
   */
  watchedBy?(onPlaced: OnPlaced): Store;
}

/** A large file that is put together, and its source. */
export interface Assembly {
  readonly to: Location;
  /** The result of {@link Assembler.begin}. */
  readonly id: string;
  readonly source: Store;
  readonly from: Location;
  /** The file as it was listed. All ranges are of this version. */
  readonly file: StoredFile;
}

/**
 * Puts a file together from ranges. Calls on several machines bring them, at the same time or one after another.
 *
 * A range stays once it was brought, also when the call is killed. The file appears when it is complete.
 */
export interface Assembler {
  /** Returns the bytes of a grain of a file of this size. Ranges begin at multiples of a grain. */
  grainOf(size: Bytes, source: Store): Bytes;

  /** @returns the id that every call needs. It is the id of an earlier assembly of this version, where one is found. */
  begin(to: Location, file: StoredFile): Promise<string>;

  /** Returns the id of an unfinished assembly of exactly this version; undefined when no such assembly is found. */
  find(to: Location, file: StoredFile): Promise<string | undefined>;

  /**
   * Brings the missing grains of a range.
   *
   * @param mayStart called before each grain; after the first false no grain starts, and the running grains still end
   * @param onBytes gets the bytes since its last call
   * @returns whether the range is complete
   * @throws TransferMismatch when the source is not the listed version any more
   */
  bring(
    assembly: Assembly,
    range: { readonly from: number; readonly to: number },
    options: {
      readonly signal: AbortSignal;
      mayStart(): boolean;
      onBytes(bytes: number): void;
    },
  ): Promise<boolean>;

  /**
   * Gives a complete file its name.
   *
   * @returns `missing` for a file that is not complete; `done` also when another call was first
   */
  finish(assembly: Omit<Assembly, 'source' | 'from'>): Promise<'done' | 'missing'>;

  /** Removes all ranges of an assembly. An assembly that does not exist is no error. */
  abandon(to: Location, id: string): Promise<void>;
}
export type OnPlaced = (location: Location, version: string) => void;

export interface Stores {
  /**
   * Returns the store of a location.
   *
   * @throws FileSystemNotMounted
   * @throws UnsafePath for a path that is not open to requests
   */
  open(location: Location): Store;
}

/** Lists any store in pages. The page of a store without pages has one file. */
export async function* pagesOf(
  store: Store,
  location: Location,
  signal: AbortSignal,
  range?: KeyRange,
): AsyncGenerator<readonly StoredFile[]> {
  if (store.listPages !== undefined) yield* store.listPages(location, signal, range);
  else for await (const file of store.list(location, signal, range)) yield [file];
}

/** The names of a store's unfinished files, and of a move's mark. These files are never listed and never copied. */
const LEFTOVER = /^\.(?:demand|[0-9a-f]{12}\.[0-9a-z]+)\.partial$/;

export function isLeftover(key: string): boolean {
  return key.endsWith('.partial') && LEFTOVER.test(key.slice(key.lastIndexOf('/') + 1));
}
