/** A tree, removed entry by entry; nothing outside of it is reached, whatever is changed in it meanwhile. */
import { constants, type Dir, type Dirent } from 'node:fs';
import { type FileHandle, lstat, open, opendir, realpath, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '../../errors';
import { codeOf, unlessMissing } from './file-errors';

/** Files of one folder at once, and folders at once: over NFS each takes a round trip. */
const FILES_AT_ONCE = 64;
const FOLDERS_AT_ONCE = 16;
/** Entries of a folder that are held at once: the folder may have millions. */
const ENTRIES_HELD = 1024;
/** Listing a folder while it empties may miss entries (readdir's manual); a writer may go on for ever. */
const PASSES = 8;
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
  #folders = 1;

  constructor(private readonly signal: AbortSignal) {}

  /** @throws only what the signal was aborted with */
  async remove(folder: HeldFolder, name: string): Promise<void> {
    const stats = await unlessMissing(lstat(folder.pathOf(name)));
    if (stats?.isDirectory()) await this.#removeFolder(folder, name, stats.dev);
    else if (stats !== undefined) await this.#removeFile(folder, name);
  }

  async #removeFile(folder: HeldFolder, name: string): Promise<void> {
    this.signal.throwIfAborted();
    try {
      const path = folder.pathOf(name);
      const stats = await unlessMissing(lstat(path));
      if (stats === undefined) return;
      await unlessMissing(unlink(path));
      if (stats.isFile()) this.bytes += stats.size;
    } catch (error) {
      this.#fail(folder, name, error);
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
      await inLanes(files, FILES_AT_ONCE, ({ name }) => this.#removeFile(folder, name));
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
  let entries: Dirent[] = [];
  for await (const entry of folder) {
    if (entries.push(entry) < ENTRIES_HELD) continue;
    yield entries;
    entries = [];
  }
  if (entries.length > 0) yield entries;
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
