import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { readLines } from '../../../../local/api/functions/lines';

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = new PassThrough();
  const read = readLines(stream, (line) => void lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await read;
  return lines;
}

test.each<[string, string[], string[]]>([
  ['one line in each chunk', ['a\n', 'b\n'], ['a', 'b']],
  ['several lines in a chunk', ['a\n\nb\n'], ['a', '', 'b']],
  ['one line over several chunks', ['a', 'b', 'c\n'], ['abc']],
  ['CR LF, also divided between two chunks', ['a\r\nb\r', '\nc\r\r\n'], ['a', 'b', 'c\r']],
  ['a last line without an end', ['a\nb'], ['a', 'b']],
  ['an empty stream', [], []],
])('%s', async (_, chunks, lines) => {
  expect(await linesOf(...chunks)).toEqual(lines);
});

// A line of JSON may contain these separators.
test('other separators do not end a line', async () => {
  const line = JSON.stringify({ text: 'a\u2028b\u2029c\u0085d\ve\ff' });
  expect(await linesOf(`${line}\ra\n`)).toEqual([`${line}\ra`]);
});

test('lines are the same for all divisions into chunks', async () => {
  const text = fc
    .array(fc.string({ unit: fc.constantFrom('é', '€', '😀', 'a', '\n', '\r\n') }))
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (written, size) => {
      const bytes = Buffer.from(written);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const expected = written.split(/\r?\n/);
      if (expected.at(-1) === '') expected.pop();
      expect(await linesOf(...chunks)).toEqual(expected);
    }),
  );
});
