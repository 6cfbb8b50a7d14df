/** Chooses where a listing is divided into ranges. A bad choice costs requests, but never loses keys. */
import { compareKeys } from '../../transfer/keys';
import type { ListedObject, Page } from './s3-page';

/** Folder levels of a key that are queried, all at once. */
const MAX_LEVELS = 6;
/** Pages of a range at least: a smaller range costs more requests than it saves time. */
const PAGES_A_RANGE = 4;

export interface Cut {
  readonly at: string;
  /** Length of the shortest folder name at which the rest may be cut again. */
  readonly minLevel: number;
  /** The folder of all keys up to the next cut, if that cut is {@link endOf} the folder. */
  readonly folder?: string;
}

/** Returns the first key after a folder: `p0` for `p/`, as `0` follows `/` in byte order. */
export function endOf(folder: string): string {
  return `${folder.slice(0, -1)}0`;
}

/** Returns the prefix and the folders above a key: `p/`, `p/a/` for `p/a/x`. */
export function levelsOf(key: string, prefix: string): string[] {
  const levels = [prefix];
  for (let slash = key.indexOf('/', prefix.length); slash !== -1; slash = key.indexOf('/', slash + 1)) {
    if (levels.length === MAX_LEVELS) break;
    levels.push(key.slice(0, slash + 1));
  }
  return levels;
}

/**
 * Chooses some of the next folders, with some pages between them.
 *
 * @param page the next entries of the level, in order
 * @param last the page before; it shows the number of folders in a page
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
 * Makes a range for each folder of a page or more. Within such a range only deeper folders are cut again.
 *
 * When the next folder follows at once, the cut is at the end of the folder. Then the folder is listed by its name, and
 * its last page has no keys of other folders.
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
