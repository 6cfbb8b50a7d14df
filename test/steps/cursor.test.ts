import fc from 'fast-check';
import { type CursorPosition, readCursor, START, writeCursor } from '../../src/steps/cursor';
import { runs } from '../demand/arbitraries';

test.each<[string, CursorPosition, string]>([
  ['the start', START, ''],
  ['the second request', { index: 1 }, '[1,null]'],
  ['a key', { index: 0, key: 'a/b' }, '[0,"a/b"]'],
  ['a source that is a single file', { index: 0, key: '' }, '[0,""]'],
  ['an assembly that has not begun', { index: 0, key: 'a', assembly: '' }, '[0,"a",""]'],
  ['an assembly', { index: 2, key: 'a', assembly: 'state id' }, '[2,"a","state id"]'],
  ['sources to remove', { index: 3, removing: ['state', ''] }, '[3,null,null,null,["state",""]]'],
  ['a move', { index: 0, sourceState: 'state' }, '[0,null,null,"state"]'],
])('%s has a cursor of its own', (_, position, cursor) => {
  expect(writeCursor(position)).toBe(cursor);
  expect(readCursor(cursor)).toEqual(position);
});

test('each position reads back', () => {
  const position = fc.record(
    {
      index: fc.nat(),
      key: fc.string(),
      assembly: fc.string(),
      sourceState: fc.string(),
      removing: fc.array(fc.string()),
    },
    { requiredKeys: ['index'] },
  );
  const readsBack = fc.property(position, (given) => {
    expect(readCursor(writeCursor(given))).toEqual(given);
  });
  fc.assert(readsBack, runs(300));
});

test.each([
  ['no JSON', 'x'],
  ['a number', '5'],
  ['an object', '{}'],
  ['an empty list', '[]'],
  ['an index that is a text', '["0"]'],
  ['an index that is a fraction', '[0.5]'],
  ['a key without an index', '[null,"a"]'],
])('%s is refused as a cursor', (_, text) => {
  expect(() => readCursor(text)).toThrow(
    expect.objectContaining({ name: 'DemandValidationError', message: expect.stringMatching(/^\/cursor/) }),
  );
});
