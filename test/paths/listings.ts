/** Listings in memory for the functions that read a tree. */
import type { PathEntry, PathWorld } from '../../src/paths/entries';
import { type RuledWorld, UNRESTRICTED } from '../../src/rules/model';

export function worldOf(entries: readonly PathEntry[]): PathWorld & RuledWorld {
  const paths = {
    async *list() {
      yield* entries;
    },
  };
  return { paths, signal: new AbortController().signal, settings: { rules: UNRESTRICTED } };
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
