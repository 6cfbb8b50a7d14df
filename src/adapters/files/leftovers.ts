/** Removes partial files of killed workers from folders that are never removed as a whole. */
import { lstat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Age of a leftover. No call lasts so long, and a writer changes the time of its file. */
const OLD_MS = 24 * 60 * 60 * 1000;
/** Matches names of `partialPathOf`, but not the mark of a begun move. */
const PARTIAL = /^\.[0-9a-f]{12}\.[0-9a-f]{12}\.partial$/;
/** Folders in memory at most. The next listing finds the rest. */
const MOST_FOLDERS = 10_000;

/**
 * Remembers the leftovers that a listing finds in each folder. The next write into a folder removes them.
 *
 * So folders without leftovers cost nothing, and a reader removes nothing.
 */
export class Leftovers {
  readonly #found = new Map<string, readonly string[]>();

  /** @param names the names of all entries in the folder */
  note(folder: string, names: readonly string[]): void {
    const found = names.filter((name) => PARTIAL.test(name));
    if (found.length > 0 && this.#found.size < MOST_FOLDERS) this.#found.set(folder, found);
  }

  async sweep(folder: string): Promise<void> {
    const names = this.#found.get(folder);
    if (names === undefined) return;
    this.#found.delete(folder);
    for (const name of names) await removeIfOld(join(folder, name));
  }
}

async function removeIfOld(path: string): Promise<void> {
  try {
    const { mtimeMs } = await lstat(path);
    if (Date.now() - mtimeMs > OLD_MS) await unlink(path);
  } catch {
    // A failed removal must not fail the write.
  }
}
