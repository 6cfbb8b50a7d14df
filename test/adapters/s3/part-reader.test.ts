import { Readable } from 'node:stream';
import fc from 'fast-check';
import { PartReader } from '../../../src/adapters/s3/part-reader';
import { TransferMismatch } from '../../../src/errors';

const readerOf = (chunks: readonly string[], size = chunks.join('').length) =>
  new PartReader(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), size);

test('any stream is divided into pieces of any sizes, in the order of the calls', async () => {
  const text = fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', 'c', 'd') });
  await fc.assert(
    fc.asyncProperty(fc.array(text), fc.array(fc.nat(20)), async (chunks, wanted) => {
      const content = chunks.join('');
      let left = content.length;
      const sizes = wanted
        .map((each) => Math.min(each, left))
        .map((each) => {
          const size = Math.min(each, left);
          left -= size;
          return size;
        });
      const reader = readerOf(chunks);
      const pieces = await Promise.all([...sizes, left].map((size) => reader.next(size)));
      expect(pieces.map(({ length }) => length)).toEqual([...sizes, left]);
      expect(Buffer.concat(pieces).toString()).toBe(content);
      await reader.end();
    }),
  );
});

test('a stream that is too short is refused', async () => {
  const reader = readerOf(['0123', '45'], 10);
  const [first, second] = [reader.next(4), reader.next(6)];
  expect(String(await first)).toBe('0123');
  await expect(second).rejects.toThrow(TransferMismatch);
  await expect(second).rejects.toThrow('has 6 bytes instead of the 10 listed ones');
});

test.each([
  ['in the last chunk', ['01234']],
  ['in another chunk', ['0123', '4']],
  ['after an empty chunk', ['0123', '', '4']],
])('a stream with more bytes %s is refused at its end', async (_, chunks) => {
  const reader = readerOf(chunks, 4);
  expect(String(await reader.next(4))).toBe('0123');
  await expect(reader.end()).rejects.toThrow('has more than the 4 listed bytes');
});

test('a failed stream fails the pieces', async () => {
  async function* breakAfter() {
    yield Buffer.from('01');
    throw new Error('reset');
  }
  const reader = new PartReader(Readable.from(breakAfter()), 4);
  await expect(reader.next(4)).rejects.toThrow('reset');
});
