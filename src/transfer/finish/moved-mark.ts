/**
 * The mark in a source folder whose removal has begun. It has a fingerprint of eight bytes for each file that was found
 * whole at the destination, in the order of the keys. A fingerprint is a hash of key, size and version.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { UnsafePath } from '../../errors';
import { formatLocation, joinLocation, type Location } from '../location';
import { moveMarkName, RESERVED } from '../reserved';
import { stateOf } from '../source';
import type { StoredFile } from '../store';
import type { Transfer } from '../transfer';

const BYTES = 8;
/** The beginning of each mark. A job could write a file of the same name. */
const HEADER = Buffer.from('movemark');

/**
 * Returns the fingerprints of the mark; undefined for a source without a mark.
 *
 * @throws UnsafePath for another file with the name of the mark
 */
export async function readMark(transfer: Transfer, signal: AbortSignal): Promise<Buffer | undefined> {
  const mark = markOf(transfer);
  const found = await transfer.source.stat(mark);
  if (found === undefined) return undefined;
  const isOurs = found.unsafe === undefined && found.isLink === undefined;
  const content = isOurs ? await readMarked(transfer.source.read(mark, found, signal)) : undefined;
  if (content !== undefined) return content;
  const name = mark.path.slice(mark.path.lastIndexOf('/') + 1);
  throw new UnsafePath(
    `${formatLocation(transfer.from)} was not removed: "${name}" ${RESERVED} and is none of them. Rename it, then run this again`,
  );
}

/** Returns what follows the header; undefined for another content, which is not read to its end. */
async function readMarked(stream: Readable): Promise<Buffer | undefined> {
  let content = Buffer.alloc(0);
  for await (const chunk of stream) {
    content = Buffer.concat([content, chunk]);
    const length = Math.min(content.length, HEADER.length);
    if (!content.subarray(0, length).equals(HEADER.subarray(0, length))) return undefined;
  }
  return content.length < HEADER.length ? undefined : content.subarray(HEADER.length);
}

export async function isMarked(transfer: Transfer): Promise<boolean> {
  return (await transfer.source.stat(markOf(transfer))) !== undefined;
}

export async function writeMark(transfer: Transfer, signal: AbortSignal): Promise<void> {
  const { source, files } = transfer;
  const content = Buffer.alloc(HEADER.length + files.length * BYTES);
  HEADER.copy(content);
  for (const [index, file] of files.entries())
    fingerprintOf(file).copy(content, HEADER.length + index * BYTES);
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

/** Returns the location of the mark, one for each destination. The listing of the source leaves it out. */
function markOf({ from, to }: Transfer): Location {
  return joinLocation(from, moveMarkName(to));
}
