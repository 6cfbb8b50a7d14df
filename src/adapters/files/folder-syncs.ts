/** Writes the entries of folders to disk: a new name survives a power cut only then. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** Writes the entries of a folder to disk. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Does the same synchronously. */
export function syncFolderNow(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes the entries of folders to disk. Calls during a sync share the next sync. */
export class FolderSyncs {
  readonly #running = new Map<string, { now: Promise<void>; next: Promise<void> | undefined }>();

  async sync(folder: string): Promise<void> {
    const running = this.#running.get(folder);
    if (running === undefined) return this.#start(folder);
    // The running sync may have begun before the new entry.
    const again = () => this.#start(folder);
    running.next ??= running.now.then(again, again);
    return running.next;
  }

  #start(folder: string): Promise<void> {
    const entry: { now: Promise<void>; next: Promise<void> | undefined } = {
      next: undefined,
      now: syncFolder(folder).finally(() => {
        if (entry.next === undefined) this.#running.delete(folder);
      }),
    };
    this.#running.set(folder, entry);
    return entry.now;
  }
}
