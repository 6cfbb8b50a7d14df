/** Files in folders: EFS mounts, and on a developer's machine also what stands in for S3. */
import { constants, type Stats } from 'node:fs';
import { copyFile, type FileHandle, lstat, mkdir, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { Readable } from 'node:stream';
import { TransferMismatch, UnsafePath } from '../errors';
import { formatLocation, isFolderLike, type Location, pathOf } from '../transfer/location';
import type { Store, StoredFile } from '../transfer/store';
import { codeOf, isMissing, toPathError, unlessMissing } from './file-errors';
import { removeEmptyFolders } from './file-folders';
import { partialPathOf } from './file-names';
import { FileRoot } from './file-root';
import { describeLink, unsafeFile, versionOf, walkFiles } from './file-walk';

const CHUNK_BYTES = 1024 ** 2;
/** Above this a copy goes through a stream: the kernel's cannot be stopped half-way. */
const KERNEL_COPY_BYTES = 256 * 1024 ** 2;
const FILE_MODE = 0o666 & ~process.umask();

export interface FileStoreOptions {
  /** Nothing outside of this existing folder is read or written, whatever symbolic links say; default `/`. */
  readonly root?: string;
  /** The local path of a location; by default only local paths are taken, as they are. */
  readonly toPath?: (location: Location) => string;
  /** Wait for the disk before a file counts as written; default true. */
  readonly durable?: boolean;
}

/** A {@link Store} over folders. */
export class FileStore implements Store {
  readonly #root: FileRoot;
  readonly #toPath: (location: Location) => string;
  readonly #durable: boolean;

  constructor({ root = '/', toPath = takeLocalPath, durable = true }: FileStoreOptions = {}) {
    this.#root = new FileRoot(root);
    this.#toPath = toPath;
    this.#durable = durable;
  }

  async stat(location: Location): Promise<StoredFile | undefined> {
    if (isFolderLike(location)) return undefined;
    const path = await this.#enter(location);
    const stats = await unlessMissing(lstat(path));
    if (stats === undefined || stats.isDirectory()) return undefined;
    if (stats.isFile()) return { key: '', size: stats.size, version: versionOf(stats) };
    if (!stats.isSymbolicLink()) return unsafeFile('', 'is neither a file nor a folder');
    const target = await stat(path).catch(() => undefined);
    return target?.isDirectory() ? undefined : describeLink(await this.#root.real(), path, '');
  }

  async exists(location: Location): Promise<boolean> {
    const stats = await unlessMissing(stat(await this.#enter(location)));
    return stats !== undefined && (stats.isDirectory() || !isFolderLike(location));
  }

  async *list(location: Location, signal: AbortSignal): AsyncGenerator<StoredFile> {
    signal.throwIfAborted();
    const file = await this.stat(location);
    if (file !== undefined) yield file;
    if (file !== undefined) return;
    const folder = await this.#root.realFolder(this.#pathOf(location));
    if (folder !== undefined) yield* walkFiles(folder, signal);
  }

  read(location: Location, expected: StoredFile, signal: AbortSignal): Readable {
    return Readable.from(this.#readChunks(location, expected, signal), { objectMode: false });
  }

  async write(location: Location, content: Readable, size: number, signal: AbortSignal): Promise<void> {
    await this.#place(location, signal, async (partial) => {
      const handle = await this.#create(partial, () => open(partial, 'wx'));
      try {
        await writeChunks(handle, content, size, { path: formatLocation(location), signal });
        if (this.#durable) await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  async copyFrom(
    source: Store,
    from: Location,
    expected: StoredFile,
    to: Location,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (!(source instanceof FileStore) || expected.size > KERNEL_COPY_BYTES) return false;
    const sourcePath = await source.#enter(from);
    await this.#place(to, signal, async (partial) => {
      await this.#clone(sourcePath, partial);
      const handle = await open(partial, 'r');
      try {
        refuseChanged(await stat(sourcePath), expected, sourcePath);
        refuseOtherSize((await handle.stat()).size, expected.size, sourcePath);
        await handle.chmod(FILE_MODE);
        if (this.#durable) await handle.sync();
      } finally {
        await handle.close();
      }
    });
    return true;
  }

  async remove(location: Location): Promise<void> {
    const path = await this.#enter(location);
    await unlessMissing(unlink(path)).catch((error) => {
      throw toPathError(error, path);
    });
  }

  async removeEmptyFolders(location: Location): Promise<void> {
    const folder = await this.#root.realFolder(this.#pathOf(location));
    if (folder !== undefined) await removeEmptyFolders(folder);
  }

  async *#readChunks(location: Location, expected: StoredFile, signal: AbortSignal): AsyncGenerator<Buffer> {
    const path = await this.#enter(location);
    const handle = await open(path, 'r').catch((error) => {
      throw isMissing(error)
        ? new TransferMismatch(`${path} is gone since it was listed`)
        : toPathError(error, path);
    });
    try {
      for (let left = expected.size; left > 0; ) {
        signal.throwIfAborted();
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(left, CHUNK_BYTES)));
        if (bytesRead === 0) break;
        left -= bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
      // Once, at the end: it tells a file replaced before as well as one changed meanwhile.
      refuseChanged(await handle.stat(), expected, path);
    } finally {
      await handle.close();
    }
  }

  /** Fills a file beside the location and gives it the name; on failure nothing is left. */
  async #place(
    location: Location,
    signal: AbortSignal,
    fill: (partial: string) => Promise<void>,
  ): Promise<void> {
    signal.throwIfAborted();
    if (isFolderLike(location))
      throw new UnsafePath(`${formatLocation(location)} names a folder, not a file`);
    const path = await this.#enter(location);
    const partial = partialPathOf(path);
    try {
      await fill(partial);
      signal.throwIfAborted();
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      throw toPathError(error, path);
    }
    if (this.#durable) await syncFolder(dirname(path));
  }

  async #clone(from: string, partial: string): Promise<void> {
    const flags = constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL;
    await this.#create(partial, () => copyFile(from, partial, flags)).catch((error) => {
      throw isMissing(error) ? new TransferMismatch(`${from} is gone since it was listed`) : error;
    });
  }

  /** Most folders exist: they are made only once one turns out not to. */
  async #create<T>(path: string, create: () => Promise<T>): Promise<T> {
    try {
      return await create();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      await mkdir(dirname(path), { recursive: true });
      return create();
    }
  }

  /** The local path, once its folder is known to lie in the root. */
  async #enter(location: Location): Promise<string> {
    const path = this.#pathOf(location);
    await this.#root.check(path);
    return path;
  }

  #pathOf(location: Location): string {
    if (pathOf(location).split('/').includes('..'))
      throw new UnsafePath(`${formatLocation(location)} has ".." in it. Give the path it stands for`);
    const path = posix.normalize(this.#toPath(location));
    return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  }
}

function takeLocalPath(location: Location): string {
  if (location.kind === 'path') return location.path;
  throw new UnsafePath(`${formatLocation(location)} is not a path of this machine`);
}

async function writeChunks(
  handle: FileHandle,
  content: Readable,
  size: number,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<void> {
  let written = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    written += chunk.length;
    if (written > size) break;
    await handle.writeFile(chunk);
  }
  refuseOtherSize(written, size, path);
}

function refuseOtherSize(found: number, expected: number, path: string): void {
  if (found === expected) return;
  const got = found > expected ? 'more' : `${found}`;
  throw new TransferMismatch(`${path}: ${got} bytes came where ${expected} were listed. Run this again`);
}

function refuseChanged(stats: Stats, expected: StoredFile, path: string): void {
  if (expected.version === undefined || versionOf(stats) === expected.version) return;
  throw new TransferMismatch(
    `${path} has changed since it was listed. Run this again once nothing writes there`,
  );
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
