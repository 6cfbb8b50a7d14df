/** Finds outdated paths: old files, and folders with only old files. */
import { compareKeys } from '../transfer/keys';
import type { Bytes, EpochMicroseconds } from '../units';
import { namesOf, type PathEntry, type PathWorld, rootPathOf, type TreeRoot } from './entries';

export interface OutdatedRules {
  /** An entry with an earlier last change is outdated. */
  readonly changedBefore: EpochMicroseconds;
  /** The deepest level below the root at which the search enters a folder that is not outdated. No limit by default. */
  readonly maxDepth?: number;
  /** The least level below the root at which a whole folder can be a result. 0 by default. */
  readonly minDepth?: number;
  /** Bytes that stay in the tree. */
  readonly minSizeBytes: number;
}

export interface OutdatedPaths {
  /** In the order of their code points. The path of a folder has a slash at its end. */
  readonly paths: readonly string[];
  /**
   * Keys of the entries that could not be read: these entries and the folders above are never outdated. Also keys of the
   * entries that no path can name: only a whole folder above them is a result.
   */
  readonly unreadable: readonly string[];
}

/** An outdated file, or a folder with only outdated files. */
interface OutdatedCandidate {
  readonly path: string;
  readonly size: Bytes;
  readonly modified: number;
}

/** A folder whose entries are not yet complete. */
interface ScannedFolder {
  /** The path from the root, with a slash after each name; `''` is the root. */
  readonly key: string;
  readonly depth: number;
  size: Bytes;
  files: number;
  children: number;
  modified: number;
  /** True when an entry could not be read: the age of the folder is then unknown. */
  isUnknown: boolean;
  /** True when no path can name the folder. */
  isUnnamed: boolean;
  /** The results inside the folder, for the case that the folder itself is no result. */
  readonly candidates: OutdatedCandidate[];
}

/**
 * Finds outdated paths while the tree is listed. A folder is complete as soon as an entry outside of it comes. Only the
 * folders above the current entry and the possible results are in memory, and no recent file.
 *
 * @returns whole folders where possible. The oldest results come off the tree first, until at most `minSizeBytes` are left.
 *
 * @throws FileSystemNotMounted, UnsafePath
 */
export async function findOutdated(
  root: TreeRoot,
  rules: OutdatedRules,
  world: PathWorld,
): Promise<OutdatedPaths> {
  const top = openFolder('', 0);
  const open = [top];
  const unreadable: string[] = [];
  for await (const entry of world.paths.list(root.location, world.signal)) {
    const names = namesOf(entry, root).filter((name) => name !== '');
    const isFolder = entry.key.endsWith('/') || names.length === 0;
    const folder = enter(open, isFolder ? names : names.slice(0, -1), rules);
    if (entry.unnamedAt !== undefined) {
      unreadable.push(entry.key);
      for (const each of open) each.isUnnamed ||= each.key.length > entry.unnamedAt;
    }
    if (entry.unreadable !== undefined) {
      unreadable.push(entry.key);
      folder.isUnknown = true;
    } else if (isFolder) countEntry(folder, entry);
    else addFile(folder, names.at(-1) ?? '', entry, rules);
  }
  enter(open, [], rules);
  const chosen = chooseOldest(candidatesOf(top, rules), top.size - rules.minSizeBytes);
  const above = rootPathOf(root, top.children > 0);
  return { paths: chosen.map(({ path }) => above + path).sort(compareKeys), unreadable };
}

function openFolder(key: string, depth: number): ScannedFolder {
  return {
    key,
    depth,
    size: 0,
    files: 0,
    children: 0,
    modified: 0,
    isUnknown: false,
    isUnnamed: false,
    candidates: [],
  };
}

/** Closes the folders that an entry is outside of, and opens the folders above the entry. Returns the folder of the entry. */
function enter(open: ScannedFolder[], names: readonly string[], rules: OutdatedRules): ScannedFolder {
  const key = names.map((name) => `${name}/`).join('');
  let folder = open.at(-1) as ScannedFolder;
  for (; !key.startsWith(folder.key); folder = open.at(-1) as ScannedFolder) {
    open.pop();
    close(folder, open.at(-1) as ScannedFolder, rules);
  }
  for (const name of names.slice(folder.depth)) {
    folder = openFolder(`${folder.key}${name}/`, folder.depth + 1);
    open.push(folder);
  }
  return folder;
}

function close(folder: ScannedFolder, parent: ScannedFolder, rules: OutdatedRules): void {
  parent.children++;
  parent.size += folder.size;
  parent.files += folder.files;
  parent.modified = Math.max(parent.modified, folder.modified);
  parent.isUnknown ||= folder.isUnknown;
  for (const candidate of candidatesOf(folder, rules)) parent.candidates.push(candidate);
}

/** Returns the results of a complete folder: the folder itself, the results inside it, or none. */
function candidatesOf(folder: ScannedFolder, rules: OutdatedRules): readonly OutdatedCandidate[] {
  if (folder.isUnnamed) return [];
  const { key, depth, size, files, children, modified } = folder;
  const { maxDepth = Number.POSITIVE_INFINITY, minDepth = 0 } = rules;
  const isOutdated = !folder.isUnknown && modified < rules.changedBefore;
  if (isOutdated && files > 0 && (depth >= minDepth || children === 0))
    return [{ path: children === 0 ? key.slice(0, -1) : key, size, modified }];
  return isOutdated || depth < maxDepth ? folder.candidates : [];
}

/** Counts an entry of the folder itself: an empty folder, or a folder with a marker in S3. The marker counts as a file. */
function countEntry(folder: ScannedFolder, { size, modified, isEmptyFolder = false }: PathEntry): void {
  folder.size += size;
  folder.files += isEmptyFolder ? 0 : 1;
  folder.modified = Math.max(folder.modified, modified);
}

function addFile(folder: ScannedFolder, name: string, entry: PathEntry, rules: OutdatedRules): void {
  countEntry(folder, entry);
  folder.children++;
  const { maxDepth = Number.POSITIVE_INFINITY, minDepth = 0 } = rules;
  if (entry.unnamedAt !== undefined) return;
  // The search does not enter deeper folders.
  if (folder.depth >= Math.max(maxDepth, minDepth) || entry.modified >= rules.changedBefore) return;
  folder.candidates.push({ path: folder.key + name, size: entry.size, modified: entry.modified });
}

/** Returns the oldest candidates. Their sizes together reach the surplus of the tree, if possible. */
function chooseOldest(
  candidates: readonly OutdatedCandidate[],
  surplus: number,
): readonly OutdatedCandidate[] {
  const chosen: OutdatedCandidate[] = [];
  let left = surplus;
  for (const candidate of candidates.toSorted(byAge)) {
    if (left <= 0) break;
    chosen.push(candidate);
    left -= candidate.size;
  }
  return chosen;
}

function byAge(one: OutdatedCandidate, other: OutdatedCandidate): number {
  return one.modified - other.modified || compareKeys(one.path, other.path);
}
