/** Writes the content of new files. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { TransferMismatch } from '../../errors';
import { runLimited } from '../../transfer/concurrency';
import type { Bytes } from '../../units';
import { codeOf } from './file-errors';
import { makeFoldersNow } from './file-folders';

/**
 * Bytes that are gathered for one write: two chunks of a socket (64 KiB each). A write for each chunk costs more. Chunks
 * that wait longer survive in the garbage collector, which costs most.
 */
const GATHER_BYTES = 128 * 1024;

/** Writes a whole stream. @throws TransferMismatch when the stream has not exactly `size` bytes */
export async function writeStream(
  handle: FileHandle,
  content: Readable,
  size: Bytes,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<void> {
  const written = await writeChunks(handle, content as AsyncIterable<Buffer>, 0, (bytes) => {
    signal.throwIfAborted();
    if (bytes > size) refuseOtherSize(bytes, size, path);
  });
  refuseOtherSize(written, size, path);
}

export interface RangedContent {
  /** Position of the first byte. `to` is the position after the last byte. */
  readonly from: number;
  readonly to: number;
  /** Bytes of one range, and the number of concurrent ranges. */
  readonly ranges: { readonly bytes: number; readonly atOnce: number };
  read(range: { readonly from: number; readonly to: number }, signal: AbortSignal): AsyncIterable<Buffer>;
}

/** Writes ranges to their positions, several at once. @throws TransferMismatch when a range has another size */
export async function writeRanges(
  handle: FileHandle,
  { from: first, to: end, ranges, read }: RangedContent,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
  onBytes: (bytes: number) => void,
): Promise<void> {
  const writeRange = async (from: number, inner: AbortSignal) => {
    const to = Math.min(from + ranges.bytes, end);
    let told = 0;
    const written = await writeChunks(handle, read({ from, to }, inner), from, (bytes) => {
      inner.throwIfAborted();
      if (bytes > to - from) refuseOtherSize(bytes, to - from, path);
      onBytes(bytes - told);
      told = bytes;
    });
    refuseOtherSize(written, to - from, path);
  };
  const starts = Array.from(
    { length: Math.ceil((end - first) / ranges.bytes) },
    (_, index) => first + index * ranges.bytes,
  );
  await runLimited(starts, ranges.atOnce, writeRange, { signal });
}

/**
 * Writes chunks from a position on, while the next chunks arrive.
 *
 * @param check gets the number of arrived bytes with each chunk; it may throw
 */
async function writeChunks(
  handle: FileHandle,
  chunks: AsyncIterable<Buffer>,
  position: number,
  check: (bytes: number) => void,
): Promise<number> {
  let gathered: Buffer[] = [];
  let bytes = 0;
  let came = 0;
  let pending: Promise<void> = Promise.resolve();
  const flush = async () => {
    await pending;
    pending = writeAll(handle, gathered, position + came - bytes);
    // The write is awaited later. Until then its failure must not count as unhandled.
    pending.catch(() => undefined);
    gathered = [];
    bytes = 0;
  };
  try {
    for await (const chunk of chunks) {
      came += chunk.length;
      check(came);
      gathered.push(chunk);
      bytes += chunk.length;
      if (bytes >= GATHER_BYTES) await flush();
    }
    if (bytes > 0) await flush();
  } finally {
    await pending;
  }
  return came;
}

/** Writes all buffers. The kernel may write fewer bytes than given, so the rest is written again. */
async function writeAll(handle: FileHandle, buffers: readonly Buffer[], position: number): Promise<void> {
  const total = buffers.reduce((sum, each) => sum + each.length, 0);
  const { bytesWritten } = await handle.writev(buffers, position);
  if (bytesWritten === total) return;
  const rest = Buffer.concat(buffers).subarray(bytesWritten);
  for (let done = 0; done < rest.length; ) {
    const more = await handle.write(rest, done, rest.length - done, position + bytesWritten + done);
    done += more.bytesWritten;
  }
}

/**
 * Writes a whole temporary file and renames it, synchronously: for small files on fast disks.
 *
 * @param finish gets the open file after the write
 */
export function placeNow(
  path: string,
  partial: string,
  content: Buffer,
  isDurable: boolean,
  finish?: (file: number) => void,
): void {
  try {
    const file = createNow(partial, isDurable);
    try {
      for (let done = 0; done < content.length; ) done += writeSync(file, content, done);
      finish?.(file);
      if (isDurable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function createNow(path: string, isDurable: boolean): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    makeFoldersNow(dirname(path), isDurable);
    return openSync(path, 'wx');
  }
}

export function refuseOtherSize(found: number, expected: number, path: string): void {
  if (found === expected) return;
  const got = found > expected ? 'more bytes' : `${found} bytes`;
  throw new TransferMismatch(
    `${path}: ${got} arrived instead of the ${expected} listed ones. Run the transfer again`,
  );
}

/** Returns all chunks as one buffer. */
export async function gather(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all.length === 1 ? (all[0] as Buffer) : Buffer.concat(all);
}
