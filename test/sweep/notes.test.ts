import type { UnitFacts } from '../../src/sweep/facts';
import { readFacts, writeFacts } from '../../src/sweep/notes';

test('facts are read as they were written, also keys that are not UTF-8', () => {
  const units: readonly UnitFacts[] = [
    { key: 'a/\xff"\n', kind: 'temporary', lastUsed: 1.5, bytes: 3 },
    { key: 'b', kind: 'kept_directory', held: 'reader' },
  ];
  expect(readFacts(writeFacts(units))).toEqual(units);
});

test('a note that is no list of facts is refused', () => {
  expect(() => readFacts('{"key": "a"}')).toThrow('a list');
  expect(() => readFacts('[{"key": "a", "kind": "other"}]')).toThrow('kind');
});
