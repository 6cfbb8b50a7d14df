import type { Readable } from 'node:stream';

/**
 * Every line, without its LF or CR LF, and the last one whatever ends it. Not `node:readline`: from Node 24 on a line ends
 * for it at U+2028 as well, which a line of JSON may hold.
 *
 * @returns when the stream has ended
 * @throws what the stream fails with
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
