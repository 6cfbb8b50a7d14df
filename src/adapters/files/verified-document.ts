/** A record of verified contents as a file: a line that says what it is, the rows, and a digest of both. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { partialPathOf } from './file-names';
import { MOST_ROWS, ROW_BYTES, VerifiedRows } from './verified-rows';

const HEAD = Buffer.from('demand verified contents, 1\n');
const DIGEST_BYTES = 32;
const MOST_BYTES = HEAD.length + MOST_ROWS * ROW_BYTES + DIGEST_BYTES;
/** Files that no sync has asked for as long are gone, or are not compared any more. */
const KEPT_DAYS = 60;

/** What is there, or nothing where that is no whole record of ours. */
export async function loadRows(path: string): Promise<VerifiedRows> {
  return new VerifiedRows(await readRows(path).catch(() => undefined));
}

async function readRows(path: string): Promise<Buffer | undefined> {
  // A pipe in its place would be waited for, a link might lead to what is no business of ours.
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
 * In one step, so that another sync finds one record or the other. Of two that save at once, what only one of them
 * has found out is lost, and is found out again.
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
