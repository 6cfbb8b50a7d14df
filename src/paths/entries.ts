/** The files and folders at and below a path, in S3, on EFS or in a local folder, and their names in answers. */
import { pythonPath } from '../python/path';
import { type Location, textOf, withoutFinalSlashes } from '../transfer/location';
import type { Bytes, EpochMicroseconds } from '../units';

/** One file or folder of a listing. */
export interface PathEntry {
  /**
   * The path relative to the listed location, with `/` between names. The key of a folder has a slash at its end. The key
   * is `''` when the location itself is a file, and `/` when the location itself is a folder.
   */
  readonly key: string;
  /** A symbolic link has its own size, not the size of its target. */
  readonly size: Bytes;
  /** The time of the last change. */
  readonly modified: EpochMicroseconds;
  /** True for a folder without any entry. */
  readonly isEmptyFolder?: boolean;
  /**
   * The index in the key of the first name that is not UTF-8. The key shows the bytes of such a name as `\\xNN`. No request
   * can name the entry, but the removal of a folder above removes it.
   */
  readonly unnamedAt?: number;
  /** The reason why the entry, or the entries below it, could not be read. */
  readonly unreadable?: string;
}

export interface PathListing {
  /**
   * Lists all entries at and below a location while it reads them. The entries of one folder come one after another, in
   * any order. A location that does not exist has no entries. Symbolic links are never followed.
   *
   * @throws FileSystemNotMounted
   * @throws UnsafePath for a path that must not be read
   */
  list(location: Location, signal: AbortSignal): AsyncIterable<PathEntry>;
}

export interface PathWorld {
  readonly paths: PathListing;
  readonly signal: AbortSignal;
}

/** The root of a tree, with its name in answers. */
export interface TreeRoot {
  readonly location: Location;
  /** The name as the original writes it: a key of S3, a path in the form of Python's `Path`, or the given EFS location. */
  readonly text: string;
}

/** The most unreadable paths in an answer. The answer must fit into a state. */
const UNREADABLE_SHOWN = 100;

export function treeRootOf(location: Location): TreeRoot {
  switch (location.scheme.namedBy) {
    case 'key':
      return { location, text: location.path };
    case 'python path':
      return { location, text: pythonPath(location.path) };
    case 'text':
      return { location, text: textOf(location) };
  }
}

/** Returns the path of the root. It has a slash at its end when the root has children. */
export function rootPathOf({ text }: TreeRoot, hasChildren: boolean): string {
  return hasChildren ? `${withoutFinalSlashes(text)}/` : text;
}

/**
 * Returns the names of the path from the root to an entry. A key of S3 can have empty names, and they are in the result.
 *
 * When the root is a single file of a file system, the names are those of its whole path, as in the original.
 */
export function namesOf({ key }: PathEntry, { location }: TreeRoot): readonly string[] {
  const below = key === '' && location.scheme.isFileSystem ? pythonPath(location.path) : key;
  return below.replace(/^\/+/, '').split('/');
}

/** Returns the field `unreadable_paths` of an answer, or no field when all entries are readable. The original has no such field. */
export function unreadableField(
  root: TreeRoot,
  keys: readonly string[],
): { readonly unreadable_paths?: readonly string[] } {
  const paths = keys.map((key) =>
    key === '' ? root.text : rootPathOf(root, true) + key.replace(/^\/+/, ''),
  );
  return { ...(paths.length > 0 && { unreadable_paths: paths.slice(0, UNREADABLE_SHOWN) }) };
}
