/** What killed workers left half-written in folders that are never removed as a whole. */
import { lstat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** No call lasts that long, and whoever still writes to a file changes its time. */
const OLD_MS = 24 * 60 * 60 * 1000;
/** What `partialPathOf` names; not the mark of a move, which says that it has begun. */
const PARTIAL = /^\.[0-9a-f]{12}\.[0-9a-f]{12}\.partial$/;
/** To remember more would cost more than it is worth; the next listing finds the rest. */
const MOST_FOLDERS = 10_000;

/**
 * Leftovers by their folder, as a listing comes by them; they go when something is next placed in that folder.
 *
 * So it costs nothing where there are none, and nothing is removed by who only looks or only reads.
 */
export class Leftovers {
  readonly #found = new Map<string, readonly string[]>();

  /** @param names of all that is in the folder */
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
    // Tidiness only: it must not fail what it comes along with.
  }
}
