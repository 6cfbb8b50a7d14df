/** Measures a tree by the bytes of its names. Links are not followed. */
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import {
  type FoundEntry,
  joinKey,
  type Measured,
  type MeasureOptions,
  PARTIAL_NAME,
} from '../../sweep/files';
import { openByteFolder, pathBelow } from './byte-names';
import { unlessMissing } from './file-errors';
import { HeldFolder } from './tree-removal';

/** Concurrent `lstat` calls. Over NFS each is a round trip. */
const AT_ONCE = 64;
/** Bytes of a path above which a folder is opened to get a short path: the system takes no path of 4096 bytes. */
const LONG_PATH = 2048;
/** Partial files of one measurement. The next sweep finds the rest. */
const MOST_PARTIALS = 1_000;

/** @returns undefined for a missing entry */
export async function measureEntry(
  path: string | Buffer,
  key: string,
  options: MeasureOptions,
): Promise<Measured | undefined> {
  const stats = await unlessMissing(lstat(path));
  if (stats === undefined) return undefined;
  const measurement = new Measurement(options);
  if (stats.isDirectory()) {
    // The move may have changed the folder's own times. New entries have times of their own.
    measurement.changed = options.isMoved === true ? 0 : stats.mtimeMs;
    await measurement.folder(path, key);
  } else measurement.add(stats, options.isMoved === true ? stats.mtimeMs : changeOf(stats));
  return measurement.result();
}

class Measurement {
  bytes = 0;
  changed = 0;
  readonly #partials: FoundEntry[] = [];
  #isWhole = true;

  constructor(private readonly options: MeasureOptions) {}

  result(): Measured {
    const { bytes, changed } = this;
    return { bytes, changed, partials: this.#partials, isWhole: this.#isWhole };
  }

  add(stats: Stats, changed: number): void {
    this.changed = Math.max(this.changed, changed);
    if (stats.isFile()) this.bytes += stats.size;
  }

  async folder(path: string | Buffer, key: string): Promise<void> {
    try {
      if (Buffer.byteLength(path) <= LONG_PATH) return await this.#list(path, key);
      const held = await unlessMissing(HeldFolder.open(path));
      await held?.within((short) => this.#list(short, key));
    } catch {
      this.options.signal.throwIfAborted();
      this.#lose();
    }
  }

  /** @throws an error of the file system, also for an entry that vanishes during the listing */
  async #list(path: string | Buffer, key: string): Promise<void> {
    const opened = await unlessMissing(openByteFolder(path, AT_ONCE));
    if (opened === undefined) return;
    let some: string[] = [];
    for await (const { name } of opened) {
      some.push(name.toString('latin1'));
      if (some.length < AT_ONCE) continue;
      await this.#entries(path, key, some);
      some = [];
      if (this.#isOver()) return;
    }
    await this.#entries(path, key, some);
  }

  async #entries(path: string | Buffer, key: string, names: readonly string[]): Promise<void> {
    this.options.signal.throwIfAborted();
    const folders: string[] = [];
    const look = async (name: string) => {
      const stats = await unlessMissing(lstat(below(path, name))).catch(() => this.#lose());
      if (stats === undefined) return;
      this.add(stats, changeOf(stats));
      if (stats.isDirectory()) folders.push(name);
      else this.#note(key, name, stats);
    };
    await Promise.all(names.map(look));
    for (const name of folders) {
      if (this.#isOver()) return;
      await this.folder(below(path, name), joinKey(key, name));
    }
  }

  #note(folder: string, name: string, stats: Stats): void {
    if (!stats.isFile() || !PARTIAL_NAME.test(name) || this.#partials.length >= MOST_PARTIALS) return;
    this.#partials.push({ key: joinKey(folder, name), name, isFolder: false, changed: changeOf(stats) });
  }

  /** @returns true when the measurement may stop, and notes that it is not whole then */
  #isOver(): boolean {
    const { until = Number.POSITIVE_INFINITY } = this.options;
    if (this.changed <= until) return false;
    this.#isWhole = false;
    return true;
  }

  #lose(): undefined {
    this.#isWhole = false;
    return undefined;
  }
}

function below(path: string | Buffer, name: string): string | Buffer {
  return pathBelow(path, Buffer.from(name, 'latin1'));
}

function changeOf({ mtimeMs, ctimeMs }: Stats): number {
  return Math.max(mtimeMs, ctimeMs);
}
