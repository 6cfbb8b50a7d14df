/** Interfaces between the stores of this folder, beside {@link Store}: they read bytes at any position. */
import type { Location } from '../transfer/location';
import type { Store, StoredFile } from '../transfer/store';

/** The bytes from `from` up to and without `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A store that reads any range of a file, several at once. */
export interface RangedSource extends Store {
  /** Bytes of one request for a range, and the concurrent requests of one file. */
  readonly ranges: { readonly bytes: number; readonly atOnce: number };

  /**
   * Returns all bytes from `from` up to and without `to`, of the listed version, or fails.
   *
   * @throws TransferMismatch when the file is not the listed version any more
   */
  readRange(
    location: Location,
    expected: StoredFile,
    range: Range,
    signal: AbortSignal,
  ): AsyncIterable<Buffer>;
}

/** An open file. */
export interface OpenFile {
  /** Fills the whole buffer. @throws TransferMismatch when the file is too short */
  read(into: Buffer, position: number): Promise<void>;
  /** @throws TransferMismatch when the file is not the listed version any more: earlier reads may mix two versions */
  verify(): Promise<void>;
  close(): Promise<void>;
}

/** A store that opens files. */
export interface PositionedSource extends Store {
  openFile(location: Location, expected: StoredFile): Promise<OpenFile>;
  /** Fills the buffer with a whole file. @throws TransferMismatch when the file is not the listed version any more */
  readWhole(location: Location, expected: StoredFile, into: Buffer): Promise<void>;
}

export function isRanged(store: Store): store is RangedSource {
  return 'readRange' in store;
}

export function isPositioned(store: Store): store is PositionedSource {
  return 'openFile' in store;
}
