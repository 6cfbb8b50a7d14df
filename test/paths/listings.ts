/** Listings in memory for the functions that read a tree. */
import type { PathEntry, PathWorld } from '../../src/paths/entries';

export function worldOf(entries: readonly PathEntry[]): PathWorld {
  const paths = {
    async *list() {
      yield* entries;
    },
  };
  return { paths, signal: new AbortController().signal };
}

/** A readable file. */
export function file(key: string, size = 1, modified = 1): PathEntry {
  return { key, size, modified };
}

export function emptyFolder(key: string, modified = 1): PathEntry {
  return { ...file(key, 0, modified), isEmptyFolder: true };
}

export function unreadable(key: string): PathEntry {
  return { ...file(key, 0, 0), unreadable: 'EACCES' };
}
