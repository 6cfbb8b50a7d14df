/** Listing a folder: every file below, in byte order of the keys, as it is asked for. */
import { type Dirent, lstatSync, type Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { compareKeys, isInRange, type KeyRange, mayHoldRange } from '../../transfer/keys';
import { isLeftover, type StoredFile } from '../../transfer/store';
import { explainPathError, isMissing, unlessMissing } from './file-errors';
import { isOwnFolder } from './file-names';
import { FilePace } from './file-pace';
import type { Leftovers } from './leftovers';

/** How many files are looked at at once; over NFS each takes a round trip. */
const LOOKAHEAD = 64;
/** Milliseconds: what is known sooner is not worth another thread. */
const FAST_MS = 0.02;
const MOST_MS = 2 * FAST_MS;
/** What Node puts where a name is not UTF-8; such a name cannot be opened. */
const REPLACEMENT = '\uFFFD';

interface Entry {
  /** Of a folder with a slash at its end, except the root's, which is `''`. */
  readonly key: string;
  readonly kind: 'folder' | 'file' | 'link' | 'other';
}

/** What tells one content of a file from another without reading it. */
export function versionOf(stats: Stats): string {
  return `${stats.mtimeMs}-${stats.size}-${stats.ino}`;
}

/**
 * Every file below a folder.
 *
 * Symbolic links to files inside the folder are files; those that lead to a folder, outside or nowhere,
 * and what is neither file nor folder, are listed with the reason why they must not be read.
 *
 * @param root the folder's real path; a missing one has no files
 * @param leftovers is told what is in each folder
 */
export async function* walkFiles(
  root: string,
  signal: AbortSignal,
  range: KeyRange = {},
  leftovers?: Leftovers,
): AsyncGenerator<StoredFile> {
  const pending: Entry[] = [{ key: '', kind: 'folder' }];
  const pace = new FilePace(FAST_MS, MOST_MS);
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    signal.throwIfAborted();
    if (entry.kind === 'folder') {
      const found = await readFolder(root, entry.key, range, leftovers);
      if ('entries' in found) for (const each of found.entries.reverse()) pending.push(each);
      else yield found;
      continue;
    }
    const files = [entry, ...takeFiles(pending)];
    for (const file of await describeAll(root, files, pace)) if (file !== undefined) yield file;
  }
}

/** The files at the end of the list, which come next in order. */
function takeFiles(pending: Entry[]): Entry[] {
  const files: Entry[] = [];
  for (let last = pending.at(-1); last !== undefined && last.kind !== 'folder'; last = pending.at(-1)) {
    if (files.length === LOOKAHEAD) break;
    files.push(last);
    pending.pop();
  }
  return files;
}

async function readFolder(
  root: string,
  key: string,
  range: KeyRange,
  leftovers: Leftovers | undefined,
): Promise<{ entries: Entry[] } | StoredFile> {
  try {
    const folder = join(root, key);
    const found = await readdir(folder, { withFileTypes: true });
    leftovers?.note(
      resolve(folder),
      found.map(({ name }) => name),
    );
    const entries = found.filter((each) => !isHidden(each.name)).map((each) => toEntry(key, each));
    const wanted = entries.filter((each) =>
      each.kind === 'folder' ? mayHoldRange(each.key, range) : isInRange(each.key, range),
    );
    return { entries: wanted.sort((one, other) => compareKeys(one.key, other.key)) };
  } catch (error) {
    if (isMissing(error)) return { entries: [] };
    const unsafe = explainPathError(error);
    if (unsafe === undefined) throw error;
    return { key, size: 0, unsafe };
  }
}

function isHidden(name: string): boolean {
  return isOwnFolder(name) || isLeftover(name);
}

function toEntry(folder: string, found: Dirent): Entry {
  const key = `${folder}${found.name}`;
  if (found.isDirectory()) return { key: `${key}/`, kind: 'folder' };
  if (found.isFile()) return { key, kind: 'file' };
  return { key, kind: found.isSymbolicLink() ? 'link' : 'other' };
}

async function describeAll(
  root: string,
  entries: readonly Entry[],
  pace: FilePace,
): Promise<(StoredFile | undefined)[]> {
  // Else whoever walks a fast disk would let nothing else run before the end of it.
  if (pace.isFast) await setImmediate();
  const described = entries.map((entry) => {
    if (entry.kind !== 'file' || !pace.isFast) return describeEntry(root, entry);
    return describeFile(
      entry.key,
      pace.time(() => lstatSync(join(root, entry.key), { throwIfNoEntry: false })),
    );
  });
  return Promise.all(described);
}

async function describeEntry(root: string, { key, kind }: Entry): Promise<StoredFile | undefined> {
  if (kind === 'other') return unsafeFile(key, 'is neither a file nor a folder');
  if (kind === 'link') return describeLink(root, join(root, key), key);
  return describeFile(key, await unlessMissing(lstat(join(root, key))));
}

function describeFile(key: string, stats: Stats | undefined): StoredFile | undefined {
  if (stats !== undefined) return { key, size: stats.size, version: versionOf(stats) };
  // Removed since the folder was read, or never to be found by what Node made of its name.
  return key.includes(REPLACEMENT) ? unsafeFile(key, 'has a name that is not UTF-8') : undefined;
}

/** What a symbolic link in a folder (its real path) stands for. */
export async function describeLink(root: string, path: string, key: string): Promise<StoredFile> {
  const target = await realpath(path).catch(() => undefined);
  const stats = target === undefined ? undefined : await unlessMissing(stat(target));
  if (target === undefined || stats === undefined)
    return unsafeFile(key, 'is a symbolic link that leads nowhere');
  if (!isInside(root, target)) return unsafeFile(key, 'is a symbolic link that leads outside');
  return stats.isFile()
    ? { key, size: stats.size, version: versionOf(stats), isLink: true }
    : unsafeFile(key, 'is a symbolic link to what is no file');
}

export function unsafeFile(key: string, unsafe: string): StoredFile {
  return { key, size: 0, unsafe };
}

/** Whether a real path is another or lies below it. */
export function isInside(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}
