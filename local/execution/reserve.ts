/** Space on the disk for the records of a run. A job that fills the disk takes it from itself, not from its records. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A history of 25,000 events has some 10 MB. */
const RESERVE_BYTES = 16 * 1024 ** 2;
const BLOCK = Buffer.alloc(1024 ** 2);

export interface Reserve {
  /** Gives the space back. */
  release(): Promise<void>;
}

/** Returns the path of the file that takes the space of an attempt. A killed run leaves it. */
export function reservePathOf(folder: string): string {
  return join(folder, 'reserve');
}

/** Takes the space. @throws Error (ENOSPC) when the disk has too little space for a run */
export async function takeReserve(folder: string): Promise<Reserve> {
  const path = reservePathOf(folder);
  const release = () => rm(path, { force: true });
  const file = await open(path, 'w');
  try {
    for (let written = 0; written < RESERVE_BYTES; written += BLOCK.length) await file.writeFile(BLOCK);
  } catch (error) {
    await release();
    throw error;
  } finally {
    await file.close();
  }
  return { release };
}
