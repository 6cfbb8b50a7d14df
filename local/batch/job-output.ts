/** Reads the output of a job by lines, with a bounded memory. */
import type { Readable } from 'node:stream';

/** Bytes of a line at most. A longer line becomes several lines, as Docker's log drivers make of it. */
export const LINE_BYTES = 64 * 1024;

/** Gets a line. The job waits while the promise of a line is open: its output then fills the pipe. */
export type OnLine = (line: string) => Promise<void> | undefined;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Calls `onLine` with every line of a stream, without its LF or CR LF. The last line needs no LF.
 *
 * @returns after the end of the stream, or after an error of the stream: the output that has come is all there is
 */
export async function readJobOutput(stream: Readable, onLine: OnLine): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = endOfLine(bytes); end !== undefined; end = endOfLine(bytes)) {
        await onLine(textOf(bytes.subarray(0, end)));
        bytes = bytes.subarray(bytes[end] === LINE_FEED ? end + 1 : end);
      }
      // A copy: the chunk itself would keep 64 KiB in memory for a few bytes.
      rest = Buffer.from(bytes);
    }
  } catch {
    // The stream was destroyed, or the pipe broke.
  }
  if (rest.length > 0) await onLine(textOf(rest));
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
