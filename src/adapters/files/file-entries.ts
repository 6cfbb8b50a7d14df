/** Lists the entries of a local folder. Symbolic links are entries; they are never followed. */
import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { UnsafePath } from '../../errors';
import type { PathEntry, PathListing } from '../../paths/entries';
import { formatLocation, type Location } from '../../transfer/location';
import { codeOf, explainPathError, unlessMissing } from './file-errors';
import { isOwnFolder } from './file-names';
import { FileRoot } from './file-root';

/** Concurrent `lstat` calls. Over NFS each is a round trip. */
const AT_ONCE = 64;
/** Names that are read ahead. A whole folder is never in memory. */
const NAMES_AHEAD = 1_024;
/** Node puts this character into names that are not UTF-8. Such a name cannot be opened. */
const REPLACEMENT = '\uFFFD';

export interface FileEntriesOptions {
  /** An existing folder. Paths outside of it are refused. */
  readonly root: string;
  /** Returns the local path of a location. */
  readonly toPath: (location: Location) => string;
}

/** A {@link PathListing} of one folder. Each request needs a new one. */
export class FileEntries implements PathListing {
  readonly #folder: string;
  readonly #root: FileRoot;
  readonly #toPath: (location: Location) => string;

  constructor({ root, toPath }: FileEntriesOptions) {
    this.#folder = resolve(root);
    this.#root = new FileRoot(root);
    this.#toPath = toPath;
  }

  async *list(location: Location, signal: AbortSignal): AsyncGenerator<PathEntry> {
    signal.throwIfAborted();
    const path = this.#pathOf(location);
    await this.#root.check(path);
    // The root itself may be a link to the mounted folder. No entry below it may be a followed link.
    const start = path === this.#folder ? await this.#root.real() : path;
    const entry = await describe(start, '');
    if (entry === undefined) return;
    if (entry === 'folder') yield* walk(start, '', signal);
    else yield entry;
  }

  #pathOf(location: Location): string {
    if (location.path.split('/').includes('..'))
      throw new UnsafePath(`${formatLocation(location)} contains "..". Give the path without it`);
    return resolve(posix.normalize(this.#toPath(location)));
  }
}

async function* walk(folder: string, key: string, signal: AbortSignal): AsyncGenerator<PathEntry> {
  let isEmpty = true;
  try {
    const names: string[] = [];
    for await (const found of await opendir(folder, { bufferSize: NAMES_AHEAD })) {
      signal.throwIfAborted();
      isEmpty = false;
      // Leases and records of readers must never seem outdated.
      if (isOwnFolder(found.name)) continue;
      if (isFolder(found)) yield* walk(join(folder, found.name), `${key}${found.name}/`, signal);
      else names.push(found.name);
      if (names.length === AT_ONCE) yield* describeAll(folder, key, names.splice(0));
    }
    yield* describeAll(folder, key, names);
    if (isEmpty) yield* describeEmpty(folder, key);
  } catch (error) {
    signal.throwIfAborted();
    if (codeOf(error) !== 'ENOENT') yield unreadable(key || '/', error);
  }
}

async function* describeAll(
  folder: string,
  key: string,
  names: readonly string[],
): AsyncGenerator<PathEntry> {
  const entries = await Promise.all(names.map((name) => describe(join(folder, name), `${key}${name}`)));
  for (const entry of entries) {
    if (entry === 'folder') yield unreadable(key || '/', 'has changed during the listing');
    else if (entry !== undefined) yield entry;
  }
}

async function* describeEmpty(folder: string, key: string): AsyncGenerator<PathEntry> {
  const stats = await unlessMissing(lstat(folder, { bigint: true }));
  if (stats?.isDirectory())
    yield { key: key || '/', size: 0, modified: modifiedOf(stats), isEmptyFolder: true };
}

/** Describes one entry. Returns undefined when it is gone. */
async function describe(path: string, key: string): Promise<PathEntry | 'folder' | undefined> {
  try {
    const stats = await unlessMissing(lstat(path, { bigint: true }));
    if (stats?.isDirectory()) return 'folder';
    if (stats !== undefined) return { key, size: Number(stats.size), modified: modifiedOf(stats) };
    return key.includes(REPLACEMENT) ? unreadable(key, 'has a name that is not UTF-8') : undefined;
  } catch (error) {
    return unreadable(key, error);
  }
}

function isFolder(found: Dirent): boolean {
  return found.isDirectory() && !found.name.includes(REPLACEMENT);
}

function unreadable(key: string, reason: unknown): PathEntry {
  const why = typeof reason === 'string' ? reason : (explainPathError(reason) ?? String(reason));
  return { key, size: 0, modified: 0, unreadable: why };
}

function modifiedOf({ mtimeNs }: BigIntStats): number {
  return Number(mtimeNs / 1_000n);
}
