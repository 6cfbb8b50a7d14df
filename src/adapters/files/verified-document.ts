/** The file of a record of verified contents: a line with the format, the rows, and a digest of both. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { partialPathOf } from './file-names';
import { MOST_ROWS, ROW_BYTES, VerifiedRows } from './verified-rows';

const HEAD = Buffer.from('demand verified contents, 1\n');
const DIGEST_BYTES = 32;
const MOST_BYTES = HEAD.length + MOST_ROWS * ROW_BYTES + DIGEST_BYTES;
/** Days for which an unused row is kept. A file with an older row was removed, or no sync compares it. */
const KEPT_DAYS = 60;

/** Returns the rows of a record. A missing, incomplete or foreign file has no rows. */
export async function loadRows(path: string): Promise<VerifiedRows> {
  return new VerifiedRows(await readRows(path).catch(() => undefined));
}

async function readRows(path: string): Promise<Buffer | undefined> {
  // O_NONBLOCK: a pipe in its place would block. O_NOFOLLOW: a link could lead to a foreign file.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > MOST_BYTES) return undefined;
    const content = await file.readFile();
    const end = content.length - DIGEST_BYTES;
    const isOurs = content.subarray(0, HEAD.length).equals(HEAD) && (end - HEAD.length) % ROW_BYTES === 0;
    if (!isOurs || end < HEAD.length) return undefined;
    const digest = createHash('sha256').update(content.subarray(0, end)).digest();
    return content.subarray(end).equals(digest) ? content.subarray(HEAD.length, end) : undefined;
  } finally {
    await file.close();
  }
}

/**
 * Saves the record with a rename, so another sync finds either the old or the new one. When two syncs save at the same
 * moment, the later save loses rows of the other one. A later sync verifies those files again.
 */
export async function saveRows(path: string, rows: VerifiedRows, day: number): Promise<void> {
  const aside = partialPathOf(path);
  await mkdir(dirname(path), { recursive: true });
  try {
    const file = await open(aside, 'wx');
    try {
      const digest = createHash('sha256');
      const write = async (content: Buffer) => {
        digest.update(content);
        await file.writeFile(content);
      };
      await write(HEAD);
      for (const some of rows.rowsSince(day - KEPT_DAYS)) await write(some);
      await file.writeFile(digest.digest());
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
