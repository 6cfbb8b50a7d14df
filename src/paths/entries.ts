/** What lies at and below a path, and how it is named: a tree of files, in S3, on EFS or in a folder. */
import { pythonPath } from '../python/path';
import { type Location, textOf } from '../transfer/location';

/** One thing of a listing. */
export interface PathEntry {
  /**
   * Relative to the listed location, `/` between names, a slash at the end of a folder's own; `''` when the
   * location itself is the file, `/` when it is the folder.
   */
  readonly key: string;
  /** Bytes; of a symbolic link its own, never those of what it leads to. */
  readonly size: number;
  /** When it was last changed: microseconds since 1970. */
  readonly modified: number;
  /** A folder that holds nothing: no file, but somebody was there. */
  readonly isEmptyFolder?: boolean;
  /** Why it, or what is below it, could not be looked at. */
  readonly unreadable?: string;
}

export interface PathListing {
  /**
   * Everything at and below a location, as it is found. What is in one folder comes in one piece, in any
   * order; nothing comes for what does not exist. Symbolic links are never followed.
   *
   * @throws FileSystemNotMounted
   * @throws UnsafePath for a path that nobody may touch
   */
  list(location: Location, signal: AbortSignal): AsyncIterable<PathEntry>;
}

export interface PathWorld {
  readonly paths: PathListing;
  readonly signal: AbortSignal;
}

/** Where a tree begins, in the words of the original. */
export interface TreeRoot {
  readonly location: Location;
  /** A key of S3 as given, a path without what Python's `Path` drops, an EFS location as given. */
  readonly text: string;
}

/** Not more of them are named in an answer, which has to fit in a state. */
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

/** The root's own path: with a slash once there is something below it. */
export function rootPathOf({ text }: TreeRoot, hasChildren: boolean): string {
  return hasChildren ? `${text.replace(/\/+$/, '')}/` : text;
}

/**
 * The names on the way from the root to an entry; empty ones, of which S3 knows, included.
 *
 * As in the original, a root that is a file of a file system holds its own whole path.
 */
export function namesOf({ key }: PathEntry, { location }: TreeRoot): readonly string[] {
  const below = key === '' && location.scheme.isFileSystem ? pythonPath(location.path) : key;
  return below.replace(/^\/+/, '').split('/');
}

/** A field for what could not be looked at, where there is such a thing: ours, the original says nothing of it. */
export function unreadableField(
  root: TreeRoot,
  keys: readonly string[],
): { readonly unreadable_paths?: readonly string[] } {
  const paths = keys.map((key) =>
    key === '' ? root.text : rootPathOf(root, true) + key.replace(/^\/+/, ''),
  );
  return { ...(paths.length > 0 && { unreadable_paths: paths.slice(0, UNREADABLE_SHOWN) }) };
}
