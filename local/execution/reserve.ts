/**
 * Space on the disk, and files, for the records of a run. A job that fills the disk, or uses up its inodes, takes them from
 * itself, not from its records.
 */
import { mkdir, open, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '../../src/units';

/** A history of 25,000 events has some 10 MB. */
const RESERVE_BYTES = 16 * 1024 ** 2;
const RESERVE = 'reserve';
const SPACE = 'space';
const BLOCK = Buffer.alloc(1024 ** 2);
/** Files that a run writes at its end: its input, its history, its result, and one to spare. */
const RESERVE_FILES = 4;

export interface Reserve {
  /** Gives the space back. */
  release(): Promise<void>;
}

/** Returns the path of the folder that takes the space of an attempt. A killed run leaves it. */
export function reservePathOf(folder: string): string {
  return join(folder, RESERVE);
}

/** Returns the bytes that a reserve takes; undefined without a reserve. */
export async function reservedBytes(folder: string): Promise<Bytes | undefined> {
  const stats = await stat(join(reservePathOf(folder), SPACE)).catch(() => undefined);
  return stats?.size;
}

/** Takes the space. @throws Error (ENOSPC) when the disk has too little space for a run */
export async function takeReserve(folder: string): Promise<Reserve> {
  const path = reservePathOf(folder);
  const release = () => rm(path, { recursive: true, force: true });
  try {
    await mkdir(path);
    for (let file = 1; file < RESERVE_FILES; file++) await writeFile(join(path, `${file}`), '');
    await fill(join(path, SPACE));
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let written = 0; written < RESERVE_BYTES; written += BLOCK.length) await file.writeFile(BLOCK);
  } finally {
    await file.close();
  }
}
