/** What the stores of this folder offer each other beside {@link Store}: bytes by their place, not in a row. */
import type { Location } from '../transfer/location';
import type { Store, StoredFile } from '../transfer/store';

/** A store that any part of a file can be asked of, several at once. */
export interface RangedSource extends Store {
  /** Bytes that are worth a request of their own, and how many of those one file may have under way. */
  readonly ranges: { readonly bytes: number; readonly atOnce: number };

  /**
   * The bytes `from` up to, without, `to`, every one or an error; those of one version, the listed one.
   *
   * @throws TransferMismatch when it is not the listed one any more
   */
  readRange(
    location: Location,
    expected: StoredFile,
    range: { readonly from: number; readonly to: number },
    signal: AbortSignal,
  ): AsyncIterable<Buffer>;
}

/** A file that is open, to be read at any place. */
export interface OpenFile {
  /** Fills the whole buffer. @throws TransferMismatch when the file is too short */
  read(into: Buffer, position: number): Promise<void>;
  /** @throws TransferMismatch when it is not the listed version any more: what was read may be mixed */
  verify(): Promise<void>;
  close(): Promise<void>;
}

/** A store that opens files. */
export interface PositionedSource extends Store {
  openFile(location: Location, expected: StoredFile): Promise<OpenFile>;
  /** Fills the buffer with the whole of a file. @throws TransferMismatch when it is not the listed version any more */
  readWhole(location: Location, expected: StoredFile, into: Buffer): Promise<void>;
}

export function isRanged(store: Store): store is RangedSource {
  return 'readRange' in store;
}

export function isPositioned(store: Store): store is PositionedSource {
  return 'openFile' in store;
}
