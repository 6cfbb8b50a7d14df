/** Stores files in folders: EFS mounts, and the folders that replace S3 on a developer's machine. */
import { constants } from 'node:fs';
import { copyFile, type FileHandle, lstat, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { Readable } from 'node:stream';
import { TransferMismatch, UnsafePath } from '../../errors';
import type { KeyRange } from '../../transfer/keys';
import { formatLocation, isFolderLike, type Location } from '../../transfer/location';
import { localPathOf } from '../../transfer/schemes/file-systems';
import type { OnPlaced, Store, StoredFile } from '../../transfer/store';
import type { Bytes } from '../../units';
import { isRanged, type OpenFile, type PositionedSource, type RangedSource } from '../ranged';
import { FileAssembler } from './file-assembler';
import { dateBack, dateBackNow } from './file-date';
import { isMissing, toPathError, unlessMissing } from './file-errors';
import { inFolderOf, removeEmptyFolders } from './file-folders';
import { partialPathOf } from './file-names';
import { FilePace } from './file-pace';
import { openPositioned, readChunks, readNow, refuseChanged } from './file-read';
import { FileRoot } from './file-root';
import { describeLink, unsafeFile, versionOf, walkFiles } from './file-walk';
import { gather, placeNow, refuseOtherSize, writeRanges, writeStream } from './file-write';
import { FolderSyncs } from './folder-syncs';
import { Leftovers } from './leftovers';

/** Bytes up to which a file is read or written at once. */
const SMALL_BYTES = 256 * 1024;
/** Bytes up to which the kernel copies a file. A larger copy uses a stream: a copy of the kernel cannot be stopped. */
const KERNEL_COPY_BYTES = 256 * 1024 ** 2;
const FILE_MODE = 0o666 & ~process.umask();

export interface FileStoreOptions {
  /** An existing folder. Paths outside of it, also by symbolic links, are refused. Default `/`. */
  readonly root?: string;
  /** Returns the local path of a location. By default it accepts only local paths. */
  readonly toPath?: (location: Location) => string;
  /** True when a write waits for the disk. Default true. */
  readonly durable?: boolean;
  /** Called before each rename into place. When it throws, the file does not appear. */
  readonly mayCommit?: () => Promise<void>;
  /** See {@link Store.watchedBy}. */
  readonly onPlaced?: OnPlaced;
}

/** A {@link Store} of local folders. */
export class FileStore implements PositionedSource {
  readonly #root: FileRoot;
  readonly #toPath: (location: Location) => string;
  readonly #durable: boolean;
  readonly #options: FileStoreOptions;
  readonly #readPace = new FilePace();
  readonly #writePace = new FilePace();
  readonly #folderSyncs = new FolderSyncs();
  readonly assembler: FileAssembler;
  readonly #leftovers = new Leftovers();

  constructor(options: FileStoreOptions = {}) {
    const { root = '/', toPath = takeLocalPath, durable = true } = options;
    this.#options = options;
    this.#root = new FileRoot(root);
    this.#toPath = toPath;
    this.#durable = durable;
    this.assembler = new FileAssembler({
      settings: { durable },
      mayCommit: async () => options.mayCommit?.(),
      placing: async (to, content) => options.onPlaced?.(to, await dateBack(content)),
      toPath: async (location) => this.#enterForWriting(location),
    });
  }

  guardedBy(mayCommit: () => Promise<void>): FileStore {
    return new FileStore({ ...this.#options, mayCommit });
  }

  watchedBy(onPlaced: OnPlaced): FileStore {
    return new FileStore({ ...this.#options, onPlaced });
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

  async *list(location: Location, signal: AbortSignal, range?: KeyRange): AsyncGenerator<StoredFile> {
    signal.throwIfAborted();
    const file = await this.stat(location);
    if (file !== undefined) return yield file;
    const folder = await this.#root.realFolder(this.#pathOf(location));
    if (folder === undefined) return;
    const isMountRoot = folder === (await this.#root.real());
    yield* walkFiles(folder, signal, { range, leftovers: this.#leftovers, isMountRoot });
  }

  read(location: Location, expected: StoredFile, signal: AbortSignal): Readable {
    const enter = () => this.#enter(location);
    async function* chunks() {
      yield* readChunks(await enter(), expected, signal);
    }
    return Readable.from(chunks(), { objectMode: false });
  }

  async openFile(location: Location, expected: StoredFile): Promise<OpenFile> {
    return openPositioned(await this.#enter(location), expected);
  }

  async readWhole(location: Location, expected: StoredFile, into: Buffer): Promise<void> {
    const path = await this.#enter(location);
    if (into.length <= SMALL_BYTES && this.#readPace.isFast) {
      this.#readPace.time(() => readNow(path, expected, into));
      return;
    }
    const file = await openPositioned(path, expected);
    try {
      await file.read(into, 0);
      await file.verify();
    } finally {
      await file.close();
    }
  }

  async write(location: Location, content: Readable, size: Bytes, signal: AbortSignal): Promise<void> {
    await this.#place(location, signal, (handle) =>
      writeStream(handle, content, size, { path: formatLocation(location), signal }),
    );
  }

  /** Clones a file on disk, and writes ranges of a file elsewhere to their positions. Returns false for other stores. */
  async copyFrom(
    source: Store,
    from: Location,
    expected: StoredFile,
    to: Location,
    signal: AbortSignal,
    onBytes: (bytes: number) => void = () => undefined,
  ): Promise<boolean> {
    if (source instanceof FileStore && expected.size <= KERNEL_COPY_BYTES)
      await this.#copyFile(await source.#enter(from), expected, to, signal);
    else if (isRanged(source)) await this.#receive(source, from, expected, to, signal, onBytes);
    else return false;
    return true;
  }

  async #copyFile(from: string, expected: StoredFile, to: Location, signal: AbortSignal): Promise<void> {
    await this.#placeWith(to, signal, async (partial) => {
      await this.#clone(from, partial);
      const handle = await open(partial, 'r');
      try {
        refuseChanged(await stat(from), expected, from);
        refuseOtherSize((await handle.stat()).size, expected.size, from);
        await handle.chmod(FILE_MODE);
        if (this.#durable) await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  async #receive(
    source: RangedSource,
    from: Location,
    expected: StoredFile,
    to: Location,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<void> {
    const { size } = expected;
    const read = (range: { from: number; to: number }, inner: AbortSignal) =>
      source.readRange(from, expected, range, inner);
    if (size > SMALL_BYTES || !this.#writePace.isFast) {
      const context = { path: formatLocation(to), signal };
      await this.#place(to, signal, async (handle) => {
        // With its full length no write has to extend the file. It reserves no space.
        if (size > source.ranges.bytes) await handle.truncate(size);
        await writeRanges(handle, { from: 0, to: size, ranges: source.ranges, read }, context, onBytes);
      });
      return;
    }
    signal.throwIfAborted();
    const path = await this.#enterForWriting(to);
    const content = await gather(read({ from: 0, to: size }, signal));
    refuseOtherSize(content.length, size, formatLocation(to));
    onBytes(size);
    signal.throwIfAborted();
    await this.#options.mayCommit?.();
    const { onPlaced } = this.#options;
    const finish = onPlaced && ((file: number) => onPlaced(to, dateBackNow(file)));
    try {
      this.#writePace.time(() => placeNow(path, partialPathOf(path), content, this.#durable, finish));
    } catch (error) {
      throw toPathError(error, path);
    }
    if (this.#durable) await this.#folderSyncs.sync(dirname(path));
  }

  async remove(location: Location): Promise<void> {
    const path = await this.#enter(location);
    await unlessMissing(unlink(path)).catch((error) => {
      throw toPathError(error, path);
    });
  }

  async removeLink(location: Location): Promise<void> {
    const path = await this.#enter(location);
    if ((await unlessMissing(lstat(path)))?.isSymbolicLink()) await unlessMissing(unlink(path));
  }

  async removeEmptyFolders(location: Location): Promise<void> {
    const folder = await this.#root.realFolder(this.#pathOf(location));
    if (folder !== undefined) await removeEmptyFolders(folder);
  }

  /** Fills a temporary file and renames it to the location. Removes it after a failure. */
  async #place(
    location: Location,
    signal: AbortSignal,
    fill: (handle: FileHandle) => Promise<void>,
  ): Promise<void> {
    await this.#placeWith(location, signal, async (partial) => {
      const handle = await inFolderOf(partial, this.#durable, () => open(partial, 'wx'));
      try {
        await fill(handle);
        if (this.#durable) await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  async #placeWith(
    location: Location,
    signal: AbortSignal,
    fill: (partial: string) => Promise<void>,
  ): Promise<void> {
    signal.throwIfAborted();
    const path = await this.#enterForWriting(location);
    const partial = partialPathOf(path);
    try {
      await fill(partial);
      if (this.#options.onPlaced !== undefined) this.#options.onPlaced(location, await dateBack(partial));
      signal.throwIfAborted();
      await this.#options.mayCommit?.();
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      throw toPathError(error, path);
    }
    if (this.#durable) await this.#folderSyncs.sync(dirname(path));
  }

  async #clone(from: string, partial: string): Promise<void> {
    const flags = constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL;
    await inFolderOf(partial, this.#durable, () => copyFile(from, partial, flags)).catch((error) => {
      throw isMissing(error) ? new TransferMismatch(`${from} was removed after it was listed`) : error;
    });
  }

  async #enterForWriting(location: Location): Promise<string> {
    if (isFolderLike(location))
      throw new UnsafePath(`${formatLocation(location)} names a folder, not a file`);
    const path = await this.#enter(location);
    await this.#leftovers.sweep(dirname(path));
    return path;
  }

  /** Returns the local path after checking that it is inside the root. */
  async #enter(location: Location): Promise<string> {
    const path = this.#pathOf(location);
    await this.#root.check(path);
    return path;
  }

  #pathOf(location: Location): string {
    if (location.path.split('/').includes('..'))
      throw new UnsafePath(`${formatLocation(location)} contains "..". Give the path without it`);
    const path = posix.normalize(this.#toPath(location));
    return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  }
}

function takeLocalPath(location: Location): string {
  const path = localPathOf(location);
  if (path === undefined) throw new UnsafePath(`${formatLocation(location)} is not a path of this machine`);
  return path;
}
