/** Lists all files below a folder in byte order of their keys, while the caller reads them. */
import { lstatSync, type Stats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { compareKeys, isInRange, type KeyRange, mayHoldRange } from '../../transfer/keys';
import { ENVIRONMENT_NAME, isReservedName, RESERVED } from '../../transfer/reserved';
import type { StoredFile } from '../../transfer/store';
import { withoutEmpty } from '../../wire/json';
import { type ByteEntry, decodeName, pathBelow, readByteFolder, showName } from './byte-names';
import { explainPathError, isMissing, unlessMissing } from './file-errors';
import { isOwnFolder } from './file-names';
import { FilePace } from './file-pace';
import type { Leftovers } from './leftovers';

/** Concurrent `lstat` calls. Over NFS each is a round trip. */
const LOOKAHEAD = 64;
/** Milliseconds: a faster `lstat` is not worth another thread. */
const FAST_MS = 0.02;
const MOST_MS = 2 * FAST_MS;
const NOT_UTF8 = 'has a name that is not UTF-8';

interface Entry {
  /** The key of a folder ends with a slash. The root's key is `''`. */
  readonly key: string;
  readonly kind: 'folder' | 'file' | 'link' | 'other';
  /** The reason why the entry, or each entry below it, must not be read: its name. */
  readonly unsafe?: string;
  /** The path of an entry whose key is not its name. */
  readonly path?: Buffer;
}

export interface WalkOptions {
  /** The keys to list. */
  readonly range?: KeyRange | undefined;
  /** Gets the names in each folder. */
  readonly leftovers?: Leftovers;
  /** True for the root of a mount: the records of the service there are not listed. */
  readonly isMountRoot?: boolean;
}

/** Returns a version that distinguishes contents of a file without a read. */
export function versionOf(stats: Stats): string {
  return `${stats.mtimeMs}-${stats.size}-${stats.ino}`;
}

/**
 * Returns every file below a folder.
 *
 * A symbolic link to a file inside the folder is a file. Links to folders, to outside or to nothing, and special files,
 * are listed with the reason why they must not be read. So are files with reserved names and names that are not UTF-8, and
 * all files below folders with such names.
 *
 * @param root the folder's real path; a missing folder has no files
 */
export async function* walkFiles(
  root: string,
  signal: AbortSignal,
  options: WalkOptions = {},
): AsyncGenerator<StoredFile> {
  const pending: Entry[] = [{ key: '', kind: 'folder' }];
  const pace = new FilePace(FAST_MS, MOST_MS);
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    signal.throwIfAborted();
    if (entry.kind === 'folder') {
      const found = await readFolder(root, entry, options);
      if ('entries' in found) for (const each of found.entries.reverse()) pending.push(each);
      else yield found;
      continue;
    }
    const files = [entry, ...takeFiles(pending)];
    for (const file of await describeAll(root, files, pace)) if (file !== undefined) yield file;
  }
}

/** Takes the files from the end of the list: they are next in order. */
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
  folder: Entry,
  { range = {}, leftovers, isMountRoot = false }: WalkOptions,
): Promise<{ entries: Entry[] } | StoredFile> {
  const { key, path } = folder;
  try {
    const found = await readByteFolder(path ?? join(root, key));
    leftovers?.note(
      resolve(join(root, key)),
      found.map(({ name }) => name.toString()),
    );
    const shown =
      isMountRoot && key === '' ? found.filter(({ name }) => !isOwnFolder(name.toString())) : found;
    const entries = shown.map((each) => toEntry(root, folder, each));
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

function toEntry(root: string, folder: Entry, found: ByteEntry): Entry {
  const name = decodeName(found.name);
  const unsafe = folder.unsafe ?? unsafeName(name, found.isDirectory());
  const key = `${folder.key}${name ?? showName(found.name)}`;
  const path =
    name === undefined || folder.path !== undefined
      ? Buffer.from(pathBelow(folder.path ?? join(root, folder.key), found.name))
      : undefined;
  const named = withoutEmpty({ unsafe, path });
  if (found.isDirectory()) return { key: `${key}/`, kind: 'folder', ...named };
  if (found.isFile()) return { key, kind: 'file', ...named };
  return { key, kind: found.isSymbolicLink() ? 'link' : 'other', ...named };
}

function unsafeName(name: string | undefined, isFolder: boolean): string | undefined {
  if (name === undefined) return NOT_UTF8;
  return isReservedName(name) || (isFolder && name === ENVIRONMENT_NAME) ? RESERVED : undefined;
}

async function describeAll(
  root: string,
  entries: readonly Entry[],
  pace: FilePace,
): Promise<(StoredFile | undefined)[]> {
  // Otherwise the walk over a fast disk would block everything else until its end.
  if (pace.isFast) await setImmediate();
  const described = entries.map((entry) => {
    if (entry.kind !== 'file' || entry.unsafe !== undefined || !pace.isFast)
      return describeEntry(root, entry);
    return describeFile(
      entry.key,
      pace.time(() => lstatSync(join(root, entry.key), { throwIfNoEntry: false })),
    );
  });
  return Promise.all(described);
}

async function describeEntry(root: string, { key, kind, unsafe }: Entry): Promise<StoredFile | undefined> {
  if (unsafe !== undefined)
    return { ...unsafeFile(key, unsafe), ...(unsafe === RESERVED && { isReserved: true }) };
  if (kind === 'other') return unsafeFile(key, 'is neither a file nor a folder');
  if (kind === 'link') return describeLink(root, join(root, key), key);
  return describeFile(key, await unlessMissing(lstat(join(root, key))));
}

function describeFile(key: string, stats: Stats | undefined): StoredFile | undefined {
  // A missing file was removed after the listing of its folder.
  return stats && { key, size: stats.size, version: versionOf(stats) };
}

/** Describes the target of a symbolic link. @param root the real path of the folder that the target may not leave */
export async function describeLink(root: string, path: string, key: string): Promise<StoredFile> {
  const target = await realpath(path).catch(() => undefined);
  const stats = target === undefined ? undefined : await unlessMissing(stat(target));
  if (target === undefined || stats === undefined)
    return unsafeFile(key, 'is a symbolic link that leads nowhere');
  if (!isInside(root, target) || isHidden(root, target))
    return unsafeFile(key, 'is a symbolic link that leads outside');
  return stats.isFile()
    ? { key, size: stats.size, version: versionOf(stats), isLink: true }
    : unsafeFile(key, 'is a symbolic link to a folder or a special file');
}

export function unsafeFile(key: string, unsafe: string): StoredFile {
  return { key, size: 0, unsafe };
}

/**
 * Returns whether a real path is or lies below a folder that hides the variables of a job from other jobs.
 *
 * @param root a real path around it
 */
export function isHidden(root: string, path: string): boolean {
  return path.slice(root.length).split(sep).includes(ENVIRONMENT_NAME);
}

/** Returns whether the real path `inner` is `outer` or below it. */
export function isInside(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}
