/** Lists the entries of a local folder. Symbolic links are entries; they are never followed. */
import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { posix, resolve } from 'node:path';
import { UnsafePath } from '../../errors';
import type { PathEntry, PathListing } from '../../paths/entries';
import { formatLocation, type Location } from '../../transfer/location';
import { withoutEmpty } from '../../wire/json';
import { decodeName, openByteFolder, pathBelow, showName } from './byte-names';
import { codeOf, explainPathError, unlessMissing } from './file-errors';
import { isOwnFolder } from './file-names';
import { FileRoot } from './file-root';

/** Concurrent `lstat` calls. Over NFS each is a round trip. */
const AT_ONCE = 64;
/** Names that are read ahead. A whole folder is never in memory. */
const NAMES_AHEAD = 1_024;

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
    const place: Place = { path: start, key: '' };
    const entry = await describe(place);
    if (entry === undefined) return;
    if (entry === 'folder') yield* walk(place, signal, path === this.#folder);
    else yield entry;
  }

  #pathOf(location: Location): string {
    if (location.path.split('/').includes('..'))
      throw new UnsafePath(`${formatLocation(location)} contains "..". Give the path without it`);
    return resolve(posix.normalize(this.#toPath(location)));
  }
}

/** A place in the tree. */
interface Place {
  readonly path: string | Buffer;
  readonly key: string;
  /** See {@link PathEntry}. */
  readonly unnamedAt?: number;
}

function below({ path, key, unnamedAt }: Place, name: Buffer, ending = ''): Place {
  const unnamed = unnamedAt ?? (decodeName(name) === undefined ? key.length : undefined);
  return {
    path: pathBelow(path, name),
    key: `${key}${showName(name)}${ending}`,
    ...withoutEmpty({ unnamedAt: unnamed }),
  };
}

async function* walk(folder: Place, signal: AbortSignal, isMountRoot: boolean): AsyncGenerator<PathEntry> {
  let isEmpty = true;
  try {
    const places: Place[] = [];
    for await (const found of await openByteFolder(folder.path, NAMES_AHEAD)) {
      signal.throwIfAborted();
      isEmpty = false;
      // Leases and records of readers at the root of a mount must never seem outdated.
      if (isMountRoot && isOwnFolder(found.name.toString())) continue;
      if (found.isDirectory()) yield* walk(below(folder, found.name, '/'), signal, false);
      else places.push(below(folder, found.name));
      if (places.length === AT_ONCE) yield* describeAll(folder, places.splice(0));
    }
    yield* describeAll(folder, places);
    if (isEmpty) yield* describeEmpty(folder);
  } catch (error) {
    signal.throwIfAborted();
    if (codeOf(error) !== 'ENOENT') yield unreadable(folder.key || '/', error);
  }
}

async function* describeAll(folder: Place, places: readonly Place[]): AsyncGenerator<PathEntry> {
  for (const entry of await Promise.all(places.map(describe))) {
    if (entry === 'folder') yield unreadable(folder.key || '/', 'has changed during the listing');
    else if (entry !== undefined) yield entry;
  }
}

async function* describeEmpty({ path, key, ...named }: Place): AsyncGenerator<PathEntry> {
  const stats = await unlessMissing(lstat(path, { bigint: true }));
  if (stats?.isDirectory())
    yield {
      key: key || '/',
      size: 0,
      modified: modifiedOf(stats),
      isEmptyFolder: true,
      ...named,
    };
}

/** Describes one entry. Returns undefined when it is gone. */
async function describe({ path, key, ...named }: Place): Promise<PathEntry | 'folder' | undefined> {
  try {
    const stats = await unlessMissing(lstat(path, { bigint: true }));
    if (stats === undefined) return undefined;
    if (stats.isDirectory()) return 'folder';
    return { key, size: Number(stats.size), modified: modifiedOf(stats), ...named };
  } catch (error) {
    return unreadable(key, error);
  }
}

function unreadable(key: string, reason: unknown): PathEntry {
  const why = typeof reason === 'string' ? reason : (explainPathError(reason) ?? String(reason));
  return { key, size: 0, modified: 0, unreadable: why };
}

function modifiedOf({ mtimeNs }: BigIntStats): number {
  return Number(mtimeNs / 1_000n);
}
