/**
 * The mark in a source folder whose removal has begun. It has a fingerprint of eight bytes for each file that was found
 * whole at the destination, in the order of the keys. A fingerprint is a hash of key, size and version.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { formatLocation, joinLocation, type Location } from '../location';
import { stateOf } from '../source';
import type { StoredFile } from '../store';
import type { Transfer } from '../transfer';

const BYTES = 8;

/** Returns the content of the mark; undefined for a source without a mark. */
export async function readMark(transfer: Transfer, signal: AbortSignal): Promise<Buffer | undefined> {
  const mark = markOf(transfer);
  const found = await transfer.source.stat(mark);
  if (found === undefined) return undefined;
  return buffer(transfer.source.read(mark, found, signal));
}

export async function isMarked(transfer: Transfer): Promise<boolean> {
  return (await transfer.source.stat(markOf(transfer))) !== undefined;
}

export async function writeMark(transfer: Transfer, signal: AbortSignal): Promise<void> {
  const { source, files } = transfer;
  const content = Buffer.alloc(files.length * BYTES);
  for (const [index, file] of files.entries()) fingerprintOf(file).copy(content, index * BYTES);
  await source.write(markOf(transfer), Readable.from([content]), content.length, signal);
}

export async function removeMark(transfer: Transfer): Promise<void> {
  await transfer.source.remove(markOf(transfer));
}

/** Returns whether a mark has all these files in these versions. Removed files may also be in the mark. */
export function marksFiles(mark: Buffer, files: readonly StoredFile[]): boolean {
  let at = 0;
  return files.every((file) => {
    const fingerprint = fingerprintOf(file);
    // The files between two matches were removed.
    while (at < mark.length && !mark.subarray(at, at + BYTES).equals(fingerprint)) at += BYTES;
    at += BYTES;
    return at <= mark.length;
  });
}

function fingerprintOf(file: StoredFile): Buffer {
  return createHash('sha256').update(stateOf(file)).digest().subarray(0, BYTES);
}

/** Returns the location of the mark, one for each destination. Its name matches `isLeftover`, so no listing shows it. */
function markOf({ from, to }: Transfer): Location {
  const destination = createHash('sha1').update(formatLocation(to)).digest('hex').slice(0, 12);
  return joinLocation(from, `.${destination}.moved.partial`);
}
