/**
 * The interface between the sweeper and a file system. A key is a path below a volume. Each character of a key is one
 * byte, because names need not be UTF-8.
 */
import type { RemovedTree } from '../paths/remove';
import type { Bytes, EpochMs } from '../units';

export interface SweptVolume {
  /** The folder of the volume on this machine. */
  readonly path: string;
  /** The folder of the mounted file system that has the volume. Nothing outside of it is touched. */
  readonly root: string;
}

export interface FoundEntry {
  readonly key: string;
  readonly name: string;
  readonly isFolder: boolean;
  /** The last change of the entry itself, not of entries in it: the later one of mtime and ctime. */
  readonly changed: EpochMs;
}

export interface MeasureOptions {
  readonly signal: AbortSignal;
  /** The measurement stops at an entry with a later change: then the sizes are not needed. */
  readonly until?: EpochMs;
  /** True: the entry was just renamed, so its own ctime says nothing. */
  readonly isMoved?: boolean;
}

export interface Measured {
  readonly bytes: Bytes;
  /**
   * The latest change of any entry: mtime or ctime. No user can set a ctime, so it shows unpacked and copied files with
   * an old mtime. The ctime of the measured folder itself does not count, because a rename changes it.
   */
  readonly changed: EpochMs;
  /** Keys of partial files of killed calls. */
  readonly partials: readonly FoundEntry[];
  /** False: an entry could not be read, or the measurement has stopped early. */
  readonly isWhole: boolean;
}

/** A unit that was moved aside, into a folder of its own. */
export interface AsideUnit {
  /** The key that the unit had. */
  readonly key: string;
  /** The key that the unit has now. */
  readonly now: string;
}

export interface SweptFiles {
  /**
   * Yields the entries of a folder in the order of their names; none for a missing folder. The sweeper's and the
   * transfers' own folders are not among them. A folder may have millions: each entry is looked at shortly before it comes.
   *
   * @param folder a key; `''` for the volume itself
   * @param isWanted says for a key whether its entry comes; every entry by default
   * @throws UnsafePath for a folder outside of the root
   */
  entries(
    volume: SweptVolume,
    folder: string,
    isWanted?: (key: string) => boolean,
  ): AsyncIterable<FoundEntry>;
  /** Measures an entry with everything in it. Links are not followed. @returns undefined for a missing entry */
  measure(volume: SweptVolume, key: string, options: MeasureOptions): Promise<Measured | undefined>;
  /** Returns the execution that owns a working directory; undefined for any other entry. */
  ownerOf(volume: SweptVolume, key: string): Promise<string | undefined>;
  /** Moves a unit aside, in one step. @returns undefined for a missing unit */
  setAside(volume: SweptVolume, key: string): Promise<AsideUnit | undefined>;
  /** Moves a unit back. @returns false when another entry has its name meanwhile */
  putBack(volume: SweptVolume, aside: AsideUnit): Promise<boolean>;
  /**
   * Gives a unit that was moved aside, or an entry, the name of a begun removal. From then on nobody needs it, also after a
   * crash.
   *
   * @returns the new key; undefined for a missing entry
   */
  condemn(volume: SweptVolume, unit: AsideUnit | Pick<FoundEntry, 'key'>): Promise<string | undefined>;
  /**
   * Removes a condemned unit. A missing one has no bytes.
   *
   * @throws the reason of the signal; a later call continues
   */
  remove(volume: SweptVolume, condemned: string, signal: AbortSignal): Promise<RemovedTree>;
}

/** Names that the sweeper and the transfers give to entries of a volume. */
export const SET_ASIDE_NAME = /^\.[0-9a-f]{12}\.[0-9a-f]{12}\.sweeping$/;
export const REMOVING_NAME = /^\.[0-9a-f]{12}\.[0-9a-f]{12}\.removing$/;
/** A partial file of a transfer. */
export const PARTIAL_NAME = /^\.[0-9a-f]{12}\.[0-9a-f]{12}\.partial$/;
/** A working directory that is being made: it gets its own name by a rename. */
export const BEGUN_DIRECTORY_NAME = /.\.[0-9a-f]{12}\.partial$/s;
/** The folder of unfinished assemblies, beside the assembled files. */
export const ASSEMBLIES_NAME = '.demand.partial';

/** Returns a key for people: bytes that are not UTF-8 become replacement characters. */
export function shownKey(key: string): string {
  return Buffer.from(key, 'latin1').toString('utf8');
}

export function joinKey(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

export function folderOfKey(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('/')));
}

export function nameOfKey(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
