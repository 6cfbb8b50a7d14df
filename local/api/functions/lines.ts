import type { Readable } from 'node:stream';

/**
 * Calls `onLine` with every line of a stream, without its LF or CR LF. The last line needs no LF.
 *
 * `node:readline` does not fit: from Node 24 on it also ends a line at U+2028, which a line of JSON may contain.
 *
 * @returns after the end of the stream
 * @throws the stream's error
 */
export async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const [first = '', ...others] = String(chunk).split('\n');
    const lines = [rest + first, ...others];
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
  if (rest !== '') onLine(rest);
}
