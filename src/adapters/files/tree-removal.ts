/** A tree, removed entry by entry; nothing outside of it is reached, whatever is changed in it meanwhile. */
import { constants, type Dir, type Dirent, lstat, lstatSync, unlink, unlinkSync } from 'node:fs';
import { type FileHandle, open, opendir, realpath, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describeError } from '../../errors';
import { codeOf, isMissing, unlessMissing } from './file-errors';
import { FilePace } from './file-pace';

/** Files of one folder at once, and folders at once: over NFS each takes a round trip. */
const FILES_AT_ONCE = 64;
const FOLDERS_AT_ONCE = 16;
/** Entries of a folder that are held at once: the folder may have millions. */
const ENTRIES_HELD = 1024;
/** Listing a folder while it empties may miss entries (readdir's manual); a writer may go on for ever. */
const PASSES = 8;
/** Files between two looks at everything else that this process does, where each takes microseconds. */
const FILES_A_TURN = 64;
const SMALL_BYTES = 16 * 1024 ** 2;
/** A file that is removed sooner is not worth another thread: to hand two calls over and back takes about as long. */
const FAST_MS = 0.04;
const MOST_MS = 2 * FAST_MS;
/** Half of what those of fs/promises cost, and these are called for every file. */
const [lookAt, remove] = [promisify(lstat), promisify(unlink)];
const NO_FOLDER = new Set(['ENOTDIR', 'ELOOP']);
/** Linux has no name for "in this open folder" that Node reaches, but for this one. */
const CAN_HOLD = process.platform === 'linux';

/**
 * A folder that stays the one that was opened, even if something else is put where it was.
 *
 * Elsewhere than on Linux it is only its path.
 */
export class HeldFolder {
  private constructor(
    private readonly handle: FileHandle,
    /** As people know it. */
    readonly shown: string,
  ) {}

  /** @throws ENOTDIR or ELOOP for what is no folder: a symbolic link, unless it may be followed */
  static async open(path: string, links?: 'through links', shown = path): Promise<HeldFolder> {
    const follow = links === undefined ? constants.O_NOFOLLOW : 0;
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | follow);
    return new HeldFolder(handle, shown);
  }

  get path(): string {
    return CAN_HOLD ? `/proc/self/fd/${this.handle.fd}` : this.shown;
  }

  pathOf(name: string): string {
    return `${this.path}/${name}`;
  }

  openInner(name: string): Promise<HeldFolder> {
    return HeldFolder.open(this.pathOf(name), undefined, join(this.shown, name));
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
}

/** Goes on past what cannot be removed. */
export class TreeRemoval {
  /** The sizes of the files that were removed. */
  bytes = 0;
  /** A line each for what could not be. */
  readonly failures: string[] = [];
  readonly #pace = new FilePace(FAST_MS, MOST_MS);
  #folders = 1;

  constructor(private readonly signal: AbortSignal) {}

  /** @throws only what the signal was aborted with */
  async remove(folder: HeldFolder, name: string): Promise<void> {
    const stats = await unlessMissing(lookAt(folder.pathOf(name)));
    if (stats?.isDirectory()) await this.#removeFolder(folder, name, stats.dev);
    else if (stats !== undefined) await this.#removeFile(folder, name);
  }

  async #removeFile(folder: HeldFolder, name: string): Promise<void> {
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

  async #removeFiles(folder: HeldFolder, files: readonly Dirent[]): Promise<void> {
    const left: string[] = [];
    for (let from = 0; from < files.length; from += FILES_A_TURN) {
      this.signal.throwIfAborted();
      for (const { name } of files.slice(from, from + FILES_A_TURN))
        if (!this.#pace.isFast || !this.#removeNow(folder, name)) left.push(name);
      if (this.#pace.isFast) await setImmediate();
    }
    await inLanes(left, FILES_AT_ONCE, (name) => this.#removeFile(folder, name));
  }

  /** @returns false for a file whose blocks take a while to be given back */
  #removeNow(folder: HeldFolder, name: string): boolean {
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

  async #removeFolder(outer: HeldFolder, name: string, device: number): Promise<void> {
    this.signal.throwIfAborted();
    try {
      const folder = await unlessMissing(openFolder(outer, name));
      if (folder === undefined) return;
      // A link has taken the folder's place: it goes, what it leads to stays.
      if (folder === 'no folder') return await this.#removeFile(outer, name);
      const isEmpty = await this.#empty(folder, device).finally(() => folder.close());
      if (isEmpty) await unlessMissing(rmdir(outer.pathOf(name)));
    } catch (error) {
      this.signal.throwIfAborted();
      this.#fail(outer, name, error);
    }
  }

  /** @returns whether the folder can go; with something left in it, its own failure would tell nothing new */
  async #empty(folder: HeldFolder, device: number): Promise<boolean> {
    if ((await folder.device()) !== device) {
      this.failures.push(`${folder.shown}: is the root of another file system`);
      return false;
    }
    const failuresBefore = this.failures.length;
    for (let pass = 0; pass < PASSES; pass++) {
      const found = await this.#removeEntries(folder, device);
      if (this.failures.length > failuresBefore) return false;
      if (found === 0) break;
    }
    return true;
  }

  /** @returns how many entries there were */
  async #removeEntries(folder: HeldFolder, device: number): Promise<number> {
    let count = 0;
    for await (const entries of entriesOf(await opendir(folder.path, { bufferSize: ENTRIES_HELD }))) {
      count += entries.length;
      const files = entries.filter((entry) => !entry.isDirectory());
      await this.#removeFiles(folder, files);
      const folders = entries.filter((entry) => entry.isDirectory());
      await this.#inFolderLanes(folders, ({ name }) => this.#removeFolder(folder, name, device));
    }
    return count;
  }

  /** Shares {@link FOLDERS_AT_ONCE} among all levels of the tree: each of them holds folders open. */
  async #inFolderLanes(entries: readonly Dirent[], task: (entry: Dirent) => Promise<void>): Promise<void> {
    const more = Math.max(0, Math.min(entries.length - 1, FOLDERS_AT_ONCE - this.#folders));
    this.#folders += more;
    await inLanes(entries, 1 + more, task).finally(() => {
      this.#folders -= more;
    });
  }

  #fail(folder: HeldFolder, name: string, error: unknown): void {
    // Node names the path that it was given, which nobody knows.
    const why = describeError(error).message.replace(/, \w+ '.*'$/s, '');
    this.failures.push(`${join(folder.shown, name)}: ${why}`);
  }
}

async function openFolder(outer: HeldFolder, name: string): Promise<HeldFolder | 'no folder'> {
  try {
    return await outer.openInner(name);
  } catch (error) {
    if (NO_FOLDER.has(codeOf(error))) return 'no folder';
    throw error;
  }
}

async function* entriesOf(folder: Dir): AsyncGenerator<Dirent[]> {
  try {
    for (;;) {
      const entries: Dirent[] = [];
      while (entries.length < ENTRIES_HELD) {
        // The first read brings all that are held, so the others wait for nothing, and need no promise each.
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

/** So many at once; all have ended when this does, also when one of them fails. */
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
