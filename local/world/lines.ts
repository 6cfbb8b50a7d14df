/** Reads the output of a job or a function by lines, with a bounded memory. */
import type { Readable } from 'node:stream';

/** Bytes of a line at most. A longer line becomes several lines, as Docker's log drivers make of it. */
export const LINE_BYTES = 64 * 1024;

/** Gets a line. The writer waits while the promise of a line is open: its output then fills the pipe. */
export type OnLine = (line: string) => Promise<void> | undefined;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Calls `onLine` with every line of a stream, without its LF or CR LF. The last line needs no LF.
 *
 * `node:readline` does not fit: its lines have no limit, and from Node 24 on it also ends a line at U+2028, which a line of
 * JSON may contain.
 *
 * @returns after the end of the stream. A stream that breaks, or is destroyed, is at its end: no more output can come
 * @throws the error of `onLine`; the stream is destroyed then
 */
export async function readLines(stream: Readable, onLine: OnLine): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunksOf(stream)) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = endOfLine(bytes); end !== undefined; end = endOfLine(bytes)) {
      await onLine(textOf(bytes.subarray(0, end)));
      bytes = bytes.subarray(bytes[end] === LINE_FEED ? end + 1 : end);
    }
    // A copy: the chunk itself would keep 64 KiB in memory for a few bytes.
    rest = Buffer.from(bytes);
  }
  if (rest.length > 0) await onLine(textOf(rest));
}

/** Returns the chunks of a stream up to its end. The error of a stream is its end. */
async function* chunksOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch {
    // An error of the consumer does not come here: it only ends the generator.
  }
}
/** Returns the position of the LF, or the end of a part of a line that is too long; undefined for a part of a line. */
function endOfLine(bytes: Buffer): number | undefined {
  const found = bytes.indexOf(LINE_FEED);
  if (found >= 0 && found <= LINE_BYTES) return found;
  if (found < 0 && bytes.length <= LINE_BYTES) return undefined;
  let end = LINE_BYTES;
  // A character of UTF-8 has four bytes at most.
  while (end > LINE_BYTES - 4 && ((bytes[end] ?? 0) & 0b1100_0000) === 0b1000_0000) end--;
  return end;
}

function textOf(line: Buffer): string {
  return line.toString('utf8', 0, line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length);
}
