/**
 * The mark in a source folder that says that its removal has begun, and of which files: those that were found whole
 * at the destination, each in the version that it then had. Eight bytes a file, in the order of the keys.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { formatLocation, joinLocation, type Location } from '../location';
import { stateOf } from '../source';
import type { StoredFile } from '../store';
import type { Transfer } from '../transfer';

const BYTES = 8;

/** @returns undefined when there is none */
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

/** Whether a mark was made for these files, and others that are gone; none may be new, or written to since. */
export function isMarkOf(mark: Buffer, files: readonly StoredFile[]): boolean {
  let at = 0;
  return files.every((file) => {
    const fingerprint = fingerprintOf(file);
    // What the mark has in between was removed.
    while (at < mark.length && !mark.subarray(at, at + BYTES).equals(fingerprint)) at += BYTES;
    at += BYTES;
    return at <= mark.length;
  });
}

function fingerprintOf(file: StoredFile): Buffer {
  return createHash('sha256').update(stateOf(file)).digest().subarray(0, BYTES);
}

/** A leftover by its name, so no listing shows it; one for each destination. */
function markOf({ from, to }: Transfer): Location {
  const destination = createHash('sha1').update(formatLocation(to)).digest('hex').slice(0, 12);
  return joinLocation(from, `.${destination}.moved.partial`);
}
