import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { LINE_BYTES, readJobOutput } from '../../../local/batch/job-output';
import { runs } from '../../demand/arbitraries';

async function linesOf(chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  await readJobOutput(stream, (line) => void lines.push(line));
  return lines;
}

test.each([
  ['lines', ['a\nb\n'], ['a', 'b']],
  ['a last line without its end', ['a\nb'], ['a', 'b']],
  ['lines of Windows', ['a\r\nb\r\n'], ['a', 'b']],
  ['an empty line', ['\n\na\n'], ['', '', 'a']],
  ['a character in two chunks', [Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])], ['é']],
  ['a line separator of Unicode, which is no end of a line', ['a\u2028b\n'], ['a\u2028b']],
  ['no output', [], []],
])('%s', async (_, chunks, lines) => {
  expect(await linesOf(chunks)).toEqual(lines);
});

test('a line of any length becomes lines of 64 KiB at most, with all of its bytes', async () => {
  const long = fc.asyncProperty(
    fc.integer({ min: 1, max: 300_000 }),
    fc.constantFrom('x', 'é', '€', '😀'),
    fc.integer({ min: 1, max: 100_000 }),
    async (bytes, character, chunkBytes) => {
      const text = character.repeat(Math.ceil(bytes / Buffer.byteLength(character)));
      const all = Buffer.from(text);
      const chunks = [];
      for (let at = 0; at < all.length; at += chunkBytes) chunks.push(all.subarray(at, at + chunkBytes));
      const lines = await linesOf(chunks);
      expect(lines.join('')).toBe(text);
      expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(LINE_BYTES);
      expect(lines.length).toBeLessThanOrEqual(Math.ceil(all.length / (LINE_BYTES - 4)) + 1);
    },
  );
  await fc.assert(long, runs(100));
});

test('the stream is not read while a line is open', async () => {
  let read = 0;
  async function* output() {
    for (let chunk = 0; chunk < 1_000; chunk++) {
      read++;
      yield Buffer.from(`${chunk}\n`);
    }
  }
  const gate = Promise.withResolvers<void>();
  const stream = Readable.from(output(), { highWaterMark: 1 });
  const reading = readJobOutput(stream, () => gate.promise);
  await setTimeout(50);
  expect(read).toBeLessThan(10);
  gate.resolve();
  await reading;
  expect(read).toBe(1_000);
});

test('a stream that breaks has the lines that have come', async () => {
  async function* output() {
    yield Buffer.from('a\nb');
    throw new Error('EIO');
  }
  const lines: string[] = [];
  await readJobOutput(Readable.from(output()), (line) => void lines.push(line));
  expect(lines).toEqual(['a', 'b']);
});
