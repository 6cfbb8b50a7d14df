/** Removes a tree entry by entry. It reaches nothing outside of the tree, even when others change the tree meanwhile. */
import { constants, lstat, lstatSync, unlink, unlinkSync } from 'node:fs';
import { type FileHandle, open, realpath, rename, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describeError } from '../../errors';
import { type ByteEntry, type ByteFolder, openByteFolder, pathBelow, showName } from './byte-names';
import { codeOf, isMissing, unlessMissing } from './file-errors';
import { removingPathOf } from './file-names';
import { FilePace } from './file-pace';

/** Concurrent files of one folder, and concurrent folders. Over NFS each is a round trip. */
const FILES_AT_ONCE = 64;
const FOLDERS_AT_ONCE = 16;
/** Entries of a folder in memory at most: a folder may have millions. */
const ENTRIES_HELD = 1024;
/** Passes over a folder: a listing during removals may miss entries (manual of readdir), and a writer may never stop. */
const PASSES = 8;
/**
 * Levels below which a folder is moved up to the top of its tree. Each open level costs two files, in each of the concurrent
 * folders, and Lambda allows a function 1,024 open files.
 */
const DEEPEST = 24;
/** Files that are removed synchronously before other work of this process runs. Each takes microseconds. */
const FILES_A_TURN = 64;
const SMALL_BYTES = 16 * 1024 ** 2;
/** Milliseconds: a faster removal is not worth another thread, which costs about as much for two calls. */
const FAST_MS = 0.04;
const MOST_MS = 2 * FAST_MS;
/** Every file needs both calls, and they cost half of those of fs/promises. */
const [lookAt, remove] = [promisify(lstat), promisify(unlink)];
const NO_FOLDER = new Set(['ENOTDIR', 'ELOOP']);
/** On Linux, `/proc/self/fd` is the only path of an open folder that Node can use. */
const CAN_HOLD = process.platform === 'linux';

/**
 * An open folder. On Linux it stays the opened folder even when something else takes its path. Other systems use the
 * path only.
 */
export class HeldFolder {
  private constructor(
    private readonly handle: FileHandle,
    private readonly opened: string | Buffer,
    /** The path in messages. */
    readonly shown: string,
  ) {}

  /** @throws ENOTDIR or ELOOP when the path is not a folder, or a symbolic link that may not be followed */
  static async open(
    path: string | Buffer,
    links?: 'through links',
    shown = showName(path),
  ): Promise<HeldFolder> {
    const follow = links === undefined ? constants.O_NOFOLLOW : 0;
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | follow);
    return new HeldFolder(handle, path, shown);
  }

  get path(): string | Buffer {
    return CAN_HOLD ? `/proc/self/fd/${this.handle.fd}` : this.opened;
  }

  pathOf(name: string | Buffer): string | Buffer {
    return pathBelow(this.path, name);
  }

  openInner(name: string | Buffer): Promise<HeldFolder> {
    return HeldFolder.open(this.pathOf(name), undefined, join(this.shown, showName(name)));
  }

  realPath(): Promise<string> {
    return realpath(this.path);
  }

  async device(): Promise<number> {
    return (await this.handle.stat()).dev;
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** Gives the path to a task, and closes the folder after it. */
  async within<T>(task: (path: string | Buffer) => Promise<T>): Promise<T> {
    return task(this.path).finally(() => this.close());
  }
}

interface Branch {
  readonly device: number;
  /** 0 for the folder that is removed, with everything in it. */
  readonly depth: number;
  /** The folder of depth 0; absent for that folder itself. */
  readonly top?: HeldFolder;
}

/** Removes trees. It continues after entries that cannot be removed. */
export class TreeRemoval {
  /** Sum of the sizes of the removed files. */
  bytes = 0;
  /** One line for each entry that could not be removed. */
  readonly failures: string[] = [];
  readonly #pace = new FilePace(FAST_MS, MOST_MS);
  #folders = 1;
  #hasMoved = false;

  constructor(private readonly signal: AbortSignal) {}

  /** @throws only the signal's reason */
  async remove(folder: HeldFolder, name: string | Buffer): Promise<void> {
    const stats = await unlessMissing(lookAt(folder.pathOf(name)));
    if (stats?.isDirectory()) await this.#removeFolder(folder, name, { device: stats.dev, depth: 0 });
    else if (stats !== undefined) await this.#removeFile(folder, name);
  }

  async #removeFile(folder: HeldFolder, name: string | Buffer): Promise<void> {
    this.signal.throwIfAborted();
    try {
      const path = folder.pathOf(name);
      const stats = await unlessMissing(lookAt(path));
      if (stats === undefined) return;
      await unlessMissing(remove(path));
      if (stats.isFile()) this.bytes += stats.size;
    } catch (error) {
      this.#fail(folder, name, error);
    }
  }

  async #removeFiles(folder: HeldFolder, files: readonly ByteEntry[]): Promise<void> {
    const left: Buffer[] = [];
    for (let from = 0; from < files.length; from += FILES_A_TURN) {
      this.signal.throwIfAborted();
      for (const { name } of files.slice(from, from + FILES_A_TURN))
        if (!this.#pace.isFast || !this.#removeNow(folder, name)) left.push(name);
      if (this.#pace.isFast) await setImmediate();
    }
    await inLanes(left, FILES_AT_ONCE, (name) => this.#removeFile(folder, name));
  }

  /** @returns false for a large file: freeing its blocks takes a while */
  #removeNow(folder: HeldFolder, name: Buffer): boolean {
    try {
      return this.#pace.time(() => {
        const path = folder.pathOf(name);
        const stats = lstatSync(path);
        if (stats.size > SMALL_BYTES) return false;
        unlinkSync(path);
        if (stats.isFile()) this.bytes += stats.size;
        return true;
      });
    } catch (error) {
      if (!isMissing(error)) this.#fail(folder, name, error);
      return true;
    }
  }

  async #removeFolder(outer: HeldFolder, name: string | Buffer, branch: Branch): Promise<void> {
    this.signal.throwIfAborted();
    try {
      if (branch.top !== undefined && branch.depth > DEEPEST)
        return await this.#moveUp(outer, name, branch.top);
      const folder = await unlessMissing(openFolder(outer, name));
      if (folder === undefined) return;
      // A link has replaced the folder. The link is removed, and its target stays.
      if (folder === 'no folder') return await this.#removeFile(outer, name);
      const isEmpty = await this.#empty(folder, branch).finally(() => folder.close());
      if (isEmpty) await unlessMissing(rmdir(outer.pathOf(name)));
    } catch (error) {
      this.signal.throwIfAborted();
      this.#fail(outer, name, error);
    }
  }

  async #moveUp(outer: HeldFolder, name: string | Buffer, top: HeldFolder): Promise<void> {
    await unlessMissing(rename(outer.pathOf(name), top.pathOf(removingPathOf('deep'))));
    this.#hasMoved = true;
  }

  /** @returns true when the folder is empty. Otherwise its own removal would fail without new information */
  async #empty(folder: HeldFolder, { device, depth, top = folder }: Branch): Promise<boolean> {
    if ((await folder.device()) !== device) {
      this.failures.push(`${folder.shown}: is the root of another file system`);
      return false;
    }
    const failuresBefore = this.failures.length;
    for (let pass = 0; pass < PASSES; pass++) {
      const found = await this.#removeEntries(folder, { device, depth: depth + 1, top });
      if (this.failures.length > failuresBefore) return false;
      if (found === 0) break;
      if (depth === 0 && this.#hasMoved) {
        this.#hasMoved = false;
        pass = -1;
      }
    }
    return true;
  }

  /** @returns the number of entries found */
  async #removeEntries(folder: HeldFolder, inner: Branch): Promise<number> {
    let count = 0;
    for await (const entries of entriesOf(await openByteFolder(folder.path, ENTRIES_HELD))) {
      count += entries.length;
      const files = entries.filter((entry) => !entry.isDirectory());
      await this.#removeFiles(folder, files);
      const folders = entries.filter((entry) => entry.isDirectory());
      await this.#inFolderLanes(folders, ({ name }) => this.#removeFolder(folder, name, inner));
    }
    return count;
  }

  /** Shares {@link FOLDERS_AT_ONCE} among all levels of the tree: each level keeps folders open. */
  async #inFolderLanes(
    entries: readonly ByteEntry[],
    task: (entry: ByteEntry) => Promise<void>,
  ): Promise<void> {
    const more = Math.max(0, Math.min(entries.length - 1, FOLDERS_AT_ONCE - this.#folders));
    this.#folders += more;
    await inLanes(entries, 1 + more, task).finally(() => {
      this.#folders -= more;
    });
  }

  #fail(folder: HeldFolder, name: string | Buffer, error: unknown): void {
    // Node's message has the internal path below /proc.
    const why = describeError(error).message.replace(/, \w+ '.*'$/s, '');
    this.failures.push(`${join(folder.shown, showName(name))}: ${why}`);
  }
}

async function openFolder(outer: HeldFolder, name: string | Buffer): Promise<HeldFolder | 'no folder'> {
  try {
    return await outer.openInner(name);
  } catch (error) {
    if (NO_FOLDER.has(codeOf(error))) return 'no folder';
    throw error;
  }
}

async function* entriesOf(folder: ByteFolder): AsyncGenerator<ByteEntry[]> {
  try {
    for (;;) {
      const entries: ByteEntry[] = [];
      while (entries.length < ENTRIES_HELD) {
        // The first read fetches all entries of the buffer, so the other reads need neither time nor a promise.
        const entry = entries.length === 0 ? await folder.read() : folder.readSync();
        if (entry === null) break;
        entries.push(entry);
      }
      if (entries.length > 0) yield entries;
      if (entries.length < ENTRIES_HELD) return;
    }
  } finally {
    await folder.close();
  }
}

/** Runs tasks in concurrent lanes, and waits for the end of all lanes, also when a task fails. */
async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  async function work(): Promise<void> {
    for (const item of queue) await task(item);
  }
  const count = Math.min(lanes, items.length);
  const ended = await Promise.allSettled(Array.from({ length: count }, work));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}
