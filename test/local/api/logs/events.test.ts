import fc from 'fast-check';
import { batchesOf, messagesOf } from '../../../../local/api/logs/events';

const MOST_BYTES = 1_048_576;
const bytesOf = (messages: readonly string[]) =>
  messages.reduce((sum, message) => sum + Buffer.byteLength(message) + 26, 0);
const events = (...messages: string[]) => messages.map((message) => ({ timestamp: 0, message }));

test('a line is one message, and an empty line is none', () => {
  expect(messagesOf('a line')).toEqual(['a line']);
  expect(messagesOf('')).toEqual([]);
});

test('a line of the maximum size is one message, and a line with one more byte is two', () => {
  const fits = 'x'.repeat(MOST_BYTES - 26);
  expect(messagesOf(fits)).toEqual([fits]);
  expect(messagesOf(`${fits}y`)).toEqual([fits, 'y']);
});

test('a line that is too long is divided between characters', () => {
  for (const character of ['é', '€', '😀']) {
    const line = `a${character.repeat(700_000)}`;
    const messages = messagesOf(line);
    expect(messages.join('') === line).toBe(true);
    for (const message of messages) expect(bytesOf([message])).toBeLessThanOrEqual(MOST_BYTES);
    expect(bytesOf(messages.slice(0, 1))).toBeGreaterThan(MOST_BYTES - 4);
  }
});

test('a batch has 10,000 events, and 1,048,576 bytes with 26 for each', () => {
  const sizes = (...messages: string[]) => batchesOf(events(...messages)).map(({ length }) => length);
  expect(sizes()).toEqual([]);
  expect(sizes(...Array(20_001).fill('x'))).toEqual([10_000, 10_000, 1]);
  const half = 'x'.repeat(MOST_BYTES / 2 - 26);
  expect(sizes(half, half)).toEqual([2]);
  expect(sizes(half, `${half}x`, 'x')).toEqual([1, 2]);
});

test('batches contain all events in their order, within the limits', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: MOST_BYTES - 26 }), { maxLength: 12 });
  fc.assert(
    fc.property(lengths, (all) => {
      const given = events(...all.map((length) => 'x'.repeat(length)));
      const batches = batchesOf(given);
      expect(batches.flat()).toEqual(given);
      for (const batch of batches)
        expect(bytesOf(batch.map(({ message }) => message))).toBeLessThanOrEqual(MOST_BYTES);
    }),
    { numRuns: 20 },
  );
});
