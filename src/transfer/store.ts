/** What the transfer core asks of S3, of a file system, of anything that holds files by key. */
import type { Readable } from 'node:stream';
import type { Bytes } from '../units';
import type { KeyRange } from './keys';
import type { Location } from './location';

/** One file of a listing. */
export interface StoredFile {
  /** Relative to the listed location, `/` between names; `''` when the location itself is the file. */
  readonly key: string;
  readonly size: Bytes;
  /** Changes when the content does: an ETag, or the time, size and number of an inode. */
  readonly version?: string;
  /** A checksum of the whole content, named by its algorithm (`sha256:...`), where the store keeps one. */
  readonly checksum?: string;
  /** Why it must not be read, such as a symbolic link that leads outside; its size is then 0. */
  readonly unsafe?: string;
  /** A symbolic link, which is read through: who copies it as a link has another content. */
  readonly isLink?: true;
}

/**
 * One contract for every store; `test/transfer/store-contract.ts` is its test.
 *
 * A slash at the end of a location says "a folder", and then no file of that name is meant.
 */
export interface Store {
  /** The file at exactly this location, if there is one. */
  stat(location: Location): Promise<StoredFile | undefined>;

  /** Whether there is anything: a file, an empty folder, a key below. */
  exists(location: Location): Promise<boolean>;

  /**
   * Every file at or below: the file itself if the location is one, else those of the folder, in
   * byte order of their keys ({@link compareKeys}), listed as they are asked for. Nothing for a
   * location that does not exist. Folder markers and our own leftovers are no files.
   *
   * @param range of the keys that are wanted; a location that is itself a file is in any
   */
  list(location: Location, signal: AbortSignal, range?: KeyRange): AsyncIterable<StoredFile>;

  /** The same listing, several files at a time, where the store gets them so; ask through {@link pagesOf}. */
  listPages?(location: Location, signal: AbortSignal, range?: KeyRange): AsyncIterable<readonly StoredFile[]>;

  /**
   * The content of a listed file, every byte of it or an error.
   *
   * The stream fails with TransferMismatch if the version is not the listed one any more.
   */
  read(location: Location, expected: StoredFile, signal: AbortSignal): Readable;

  /**
   * Puts a file in place, whole or not at all; whatever file was there is replaced. Folders are made.
   *
   * @throws TransferMismatch when the content has not exactly `size` bytes
   * @throws UnsafePath when the location leaves the store's root
   */
  write(location: Location, content: Readable, size: Bytes, signal: AbortSignal): Promise<void>;

  /** Removes one file; a missing one is no error. */
  remove(location: Location): Promise<void>;

  /** Removes the folders below that hold nothing any more, not the folder itself. */
  removeEmptyFolders?(location: Location): Promise<void>;

  /**
   * A shorter way from a store this one knows, with the promises of {@link read} and {@link write}.
   *
   * @param onBytes is told what has come since it was last told, as it comes; nothing where it comes in one go
   * @returns false when there is none: nothing has been done then
   */
  copyFrom?(
    source: Store,
    from: Location,
    expected: StoredFile,
    to: Location,
    signal: AbortSignal,
    onBytes?: (bytes: number) => void,
  ): Promise<boolean>;

  /** Puts large files together from what several calls bring. */
  readonly assembler?: Assembler;

  /**
   * The same store, which asks before each rename into place, with nothing between the answer and the rename.
   *
   * @param mayCommit throws to keep the file from appearing
   */
  guardedBy?(mayCommit: () => Promise<void>): Store;

  /**
   * The same store, which tells of each file, before it gets its name, by which version it will be known.
   *
   * That is a version it never has again once anybody else writes to it, however soon.
   */
  watchedBy?(onPlaced: OnPlaced): Store;
}

/** Which file is put together, and what of. */
export interface Assembly {
  readonly to: Location;
  /** Of {@link Assembler.begin}. */
  readonly id: string;
  readonly source: Store;
  readonly from: Location;
  /** As it was listed; what is put together is of this version only. */
  readonly file: StoredFile;
}

/**
 * Puts a file together from ranges that calls on several machines bring, at the same time or one after another.
 *
 * What was brought once stays, also when the call is killed; the file appears when nothing is missing any more.
 */
export interface Assembler {
  /** Ranges begin at multiples of so many bytes, in a file of this size. */
  grainOf(size: Bytes, source: Store): Bytes;

  /** @returns what every call that takes part is to be given; of one that was begun before, where it is found */
  begin(to: Location, file: StoredFile): Promise<string>;

  /** One of this very version that was begun and not finished, where such can be found. */
  find(to: Location, file: StoredFile): Promise<string | undefined>;

  /**
   * Brings what is still missing of a range.
   *
   * @param mayStart asked before each grain; once false, what runs is finished and no more begun
   * @param onBytes is told what has come since it was last told
   * @returns whether nothing of the range is missing any more
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
   * Gives the file its name, once nothing is missing.
   *
   * @returns `missing` when ranges are; `done` also when another call was first
   */
  finish(assembly: Omit<Assembly, 'source' | 'from'>): Promise<'done' | 'missing'>;

  /** Forgets what was brought; nothing to forget is no error. */
  abandon(to: Location, id: string): Promise<void>;
}
export type OnPlaced = (location: Location, version: string) => void;

export interface Stores {
  /**
   * The store that holds this location.
   *
   * @throws FileSystemNotMounted
   * @throws UnsafePath for a path that nobody may touch
   */
  open(location: Location): Store;
}

/** The listing of any store in pages, of a single file each where the store has no better way. */
export async function* pagesOf(
  store: Store,
  location: Location,
  signal: AbortSignal,
  range?: KeyRange,
): AsyncGenerator<readonly StoredFile[]> {
  if (store.listPages !== undefined) yield* store.listPages(location, signal, range);
  else for await (const file of store.list(location, signal, range)) yield [file];
}

/** What a store writes aside, and what a move leaves while it runs: never listed, never copied. */
const LEFTOVER = /^\.(?:demand|[0-9a-f]{12}\.[0-9a-z]+)\.partial$/;

export function isLeftover(key: string): boolean {
  return key.endsWith('.partial') && LEFTOVER.test(key.slice(key.lastIndexOf('/') + 1));
}
