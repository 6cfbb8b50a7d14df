import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { LINE_BYTES, readLines } from '../../../local/world/lines';
import { runs } from '../../demand/arbitraries';

async function linesOf(chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  await readLines(stream, (line) => void lines.push(line));
  return lines;
}

test.each([
  ['lines', ['a\nb\n'], ['a', 'b']],
  ['a last line without its end', ['a\nb'], ['a', 'b']],
  ['lines of Windows', ['a\r\nb\r\n'], ['a', 'b']],
  ['CR LF in two chunks, and a CR that ends no line', ['a\r\nb\r', '\nc\r\r\n'], ['a', 'b', 'c\r']],
  ['one line over several chunks', ['a', 'b', 'c\n'], ['abc']],
  ['an empty line', ['\n\na\n'], ['', '', 'a']],
  ['a character in two chunks', [Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])], ['é']],
  // A line of JSON may contain these separators.
  [
    'other separators, which end no line',
    ['a\u2028b\u2029c\u0085d\ve\ff\rg\n'],
    ['a\u2028b\u2029c\u0085d\ve\ff\rg'],
  ],
  ['no output', [], []],
])('%s', async (_, chunks, lines) => {
  expect(await linesOf(chunks)).toEqual(lines);
});

test('lines are the same for all divisions into chunks', async () => {
  const written = fc
    .array(fc.string({ unit: fc.constantFrom('é', '€', '😀', 'a', '\n', '\r\n') }))
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(written, fc.integer({ min: 1, max: 5 }), async (text, size) => {
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const expected = text.split(/\r?\n/);
      if (expected.at(-1) === '') expected.pop();
      expect(await linesOf(chunks)).toEqual(expected);
    }),
    runs(100),
  );
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
  const reading = readLines(stream, () => gate.promise);
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
  await readLines(Readable.from(output()), (line) => void lines.push(line));
  expect(lines).toEqual(['a', 'b']);
});

test('an error of the consumer is not an end of the stream', async () => {
  const stream = Readable.from([Buffer.from('a\nb\n')]);
  const failed = readLines(stream, () => Promise.reject(new Error('no room')));
  await expect(failed).rejects.toThrow('no room');
  expect(stream.destroyed).toBe(true);
});

test('a stream that is destroyed has ended', async () => {
  const stream = new Readable({ read: () => undefined });
  stream.push('a\nb');
  const lines: string[] = [];
  const reading = readLines(stream, (line) => void lines.push(line));
  await setTimeout(10);
  stream.destroy();
  await reading;
  expect(lines).toEqual(['a', 'b']);
});
