/** What of a tree nobody has changed for long: whole folders where possible, oldest first. */
import { compareKeys } from '../transfer/keys';
import { namesOf, type PathEntry, type PathWorld, rootPathOf, type TreeRoot } from './entries';

export interface OutdatedRules {
  /** Microseconds since 1970; what was changed before this is outdated. */
  readonly changedBefore: number;
  /** Names below the root to which a search goes on where something is not outdated; no end by default. */
  readonly maxDepth?: number;
  /** A folder above this is never named as a whole; 0 by default. */
  readonly minDepth?: number;
  /** Bytes that are to stay in the tree. */
  readonly minSizeBytes: number;
}

export interface OutdatedPaths {
  /** In order of their code points; a slash at the end of a folder's. */
  readonly paths: readonly string[];
  /** Keys that could not be looked at: neither they nor a folder above is ever named. */
  readonly unreadable: readonly string[];
}

/** A file, or a folder all of whose files are outdated. */
interface OutdatedCandidate {
  readonly path: string;
  readonly size: number;
  readonly modified: number;
}

/** A folder that may still get entries. */
interface ScannedFolder {
  /** The names on the way to it, each with a slash; `''` is the root. */
  readonly key: string;
  readonly depth: number;
  size: number;
  files: number;
  children: number;
  modified: number;
  /** Something in it could not be looked at, so nobody knows how old it is. */
  isUnknown: boolean;
  /** What is named if the folder itself is not. */
  readonly candidates: OutdatedCandidate[];
}

/**
 * Finds what is outdated, as the tree is listed: a folder is complete as soon as an entry lies outside it. Only
 * the folders above the current entry are held, and what may have to be named; never a file that was changed
 * lately.
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
    if (entry.unreadable !== undefined) {
      unreadable.push(entry.key);
      folder.isUnknown = true;
    } else if (isFolder) see(folder, entry);
    else addFile(folder, names.at(-1) ?? '', entry, rules);
  }
  enter(open, [], rules);
  const chosen = chooseOldest(candidatesOf(top, rules), top.size - rules.minSizeBytes);
  const above = rootPathOf(root, top.children > 0);
  return { paths: chosen.map(({ path }) => above + path).sort(compareKeys), unreadable };
}

function openFolder(key: string, depth: number): ScannedFolder {
  return { key, depth, size: 0, files: 0, children: 0, modified: 0, isUnknown: false, candidates: [] };
}

/** Closes the folders that an entry lies outside of, opens those on the way to it; the last of them. */
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

/** What is named of a folder, should the search get to it. */
function candidatesOf(folder: ScannedFolder, rules: OutdatedRules): readonly OutdatedCandidate[] {
  const { key, depth, size, files, children, modified } = folder;
  const { maxDepth = Number.POSITIVE_INFINITY, minDepth = 0 } = rules;
  const isOutdated = !folder.isUnknown && modified < rules.changedBefore;
  if (isOutdated && files > 0 && (depth >= minDepth || children === 0))
    return [{ path: children === 0 ? key.slice(0, -1) : key, size, modified }];
  return isOutdated || depth < maxDepth ? folder.candidates : [];
}

/** The folder itself: an empty one, or one that has a marker in S3, which counts as a file. */
function see(folder: ScannedFolder, { size, modified, isEmptyFolder = false }: PathEntry): void {
  folder.size += size;
  folder.files += isEmptyFolder ? 0 : 1;
  folder.modified = Math.max(folder.modified, modified);
}

function addFile(folder: ScannedFolder, name: string, entry: PathEntry, rules: OutdatedRules): void {
  see(folder, entry);
  folder.children++;
  const { maxDepth = Number.POSITIVE_INFINITY, minDepth = 0 } = rules;
  // The search never gets to anything deeper.
  if (folder.depth >= Math.max(maxDepth, minDepth) || entry.modified >= rules.changedBefore) return;
  folder.candidates.push({ path: folder.key + name, size: entry.size, modified: entry.modified });
}

/** The oldest ones, until no more than the rest of the tree would be left. */
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
