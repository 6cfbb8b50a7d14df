import { pythonChoice } from '../../src/python/random';

const range = (size: number) => [...Array(size).keys()];

// As random.Random(seed).choice(range(size)) of CPython 3.11 chooses.
test.each([
  ['demand-0#scratch', 3, 0],
  ['run-1#scratch', 2, 0],
  ['run-1#shared', 2, 1],
  ['é-2#tmp', 5, 2],
  ['', 4, 3],
  ['a', 1, 0],
  [`${'x'.repeat(50)}#scratch`, 7, 1],
])('Random(%j).choice of %i items is number %i', (seed, size, chosen) => {
  expect(pythonChoice(seed, range(size))).toBe(chosen);
});

test('a seed with more words than the generator has is used as a whole', () => {
  expect(pythonChoice('x'.repeat(3_000), range(624))).toBe(485);
});

test('an empty list is refused', () => {
  expect(() => pythonChoice('seed', [])).toThrow(RangeError);
});
