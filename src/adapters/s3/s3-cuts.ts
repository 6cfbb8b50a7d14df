/** Where a listing is cut into ranges; a bad choice costs requests, never keys. */
import { compareKeys } from '../../transfer/keys';
import type { ListedObject, Page } from './s3-page';

/** Of a key; each is asked for at once. */
const MAX_LEVELS = 6;
/** A range of fewer pages is not worth its own requests. */
const PAGES_A_RANGE = 4;

export interface Cut {
  readonly at: string;
  /** Where what follows the cut may be cut again: folders with at least so many letters. */
  readonly minLevel: number;
  /** All that follows is in this folder, where the next cut is {@link endOf} it. */
  readonly folder?: string;
}

/** The first key beyond all of a folder: `p0` for `p/`, as no character lies between the two. */
export function endOf(folder: string): string {
  return `${folder.slice(0, -1)}0`;
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
 * @param page what is in the level, in order
 * @param last the page before, which tells how many folders make up one
 */
export function chooseCuts(level: string, page: Page, last: readonly ListedObject[]): Cut[] {
  const perPage = countFolders(level, last);
  if (perPage <= 1) return cutEach(level, page);
  const stride = perPage * PAGES_A_RANGE;
  return page.folders
    .filter((_, index) => index % stride === stride - 1)
    .map((at) => ({ at, minLevel: level.length }));
}

/**
 * Folders of a page or more are ranges of their own, and within one only what lies deeper is worth asking.
 *
 * Cut behind a folder where the next one follows at once, it can be listed by its name, and its last page has
 * nothing of others.
 */
function cutEach(level: string, { folders, objects }: Page): Cut[] {
  let next = 0;
  let before: string | undefined;
  return folders.map((folder) => {
    const first = next;
    while (next < objects.length && compareKeys(objects[next]?.key ?? '', folder) < 0) next++;
    const at = before === undefined || first !== next ? folder : endOf(before);
    before = folder;
    return { at, minLevel: level.length + 1, folder };
  });
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
