/** Where a listing is cut into ranges; a bad choice costs requests, never keys. */
import type { ListedObject } from './s3-page';

/** Of a key; each is asked for at once. */
const MAX_LEVELS = 6;
/** A range of fewer pages is not worth its own requests. */
const PAGES_A_RANGE = 4;

export interface Cut {
  readonly at: string;
  /** Where what follows the cut may be cut again: folders with at least so many letters. */
  readonly minLevel: number;
}

/** The prefix and the folders on the way to a key: `p/`, `p/a/` for `p/a/x`. */
export function levelsOf(key: string, prefix: string): string[] {
  const levels = [prefix];
  for (let slash = key.indexOf('/', prefix.length); slash !== -1; slash = key.indexOf('/', slash + 1)) {
    if (levels.length === MAX_LEVELS) break;
    levels.push(key.slice(0, slash + 1));
  }
  return levels;
}

/**
 * Some of the folders to come, far enough apart that some pages lie in between.
 *
 * @param folders in the level, in order
 * @param last the page before, which tells how many folders make up one
 */
export function chooseCuts(level: string, folders: readonly string[], last: readonly ListedObject[]): Cut[] {
  const perPage = countFolders(level, last);
  // Folders of a page or more are ranges of their own, and within one only what lies deeper is worth asking.
  if (perPage <= 1) return folders.map((at) => ({ at, minLevel: level.length + 1 }));
  const stride = perPage * PAGES_A_RANGE;
  return folders
    .filter((_, index) => index % stride === stride - 1)
    .map((at) => ({ at, minLevel: level.length }));
}

function countFolders(level: string, page: readonly ListedObject[]): number {
  let folders = 0;
  let current: string | undefined;
  for (const { key } of page) {
    if (!key.startsWith(level) || (current !== undefined && key.startsWith(current))) continue;
    const slash = key.indexOf('/', level.length);
    if (slash === -1) continue;
    current = key.slice(0, slash + 1);
    folders++;
  }
  return folders;
}
