import fc from 'fast-check';
import { LinearRegex, parseRegex } from '../../src/python/linear-regex';
import { runs } from '../demand/arbitraries';

function linear(source: string, flags = 'u', isWhole = true): LinearRegex {
  return new LinearRegex(parseRegex(source, flags), flags, isWhole);
}

test.each([
  ['(a|a)*c', 'a'.repeat(1_000)],
  ['(a+)+c', 'a'.repeat(1_000)],
  ['(?:a*)*c', 'a'.repeat(1_000)],
  ['(?:a|aa|aaa)*c', 'a'.repeat(1_000)],
  ['(?:[^]*a){20}c', 'a'.repeat(1_000)],
  ['[^]*a[^]*a[^]*a[^]*a[^]*a[^]*c', 'a'.repeat(1_000)],
  ['(?:(?=a*b)a)*c', 'a'.repeat(1_000)],
])('%s on a thousand letters takes steps that are linear in the text', (source, text) => {
  const tested = jest.spyOn(RegExp.prototype, 'test');
  expect(linear(source).test(text)).toBe(false);
  // For each place and automaton, at most one step for each set.
  expect(tested.mock.calls.length).toBeLessThan(4_000);
  tested.mockRestore();
  expect(linear(source).test(text.replace(/a$/, 'c'))).toBe(!source.includes('b'));
});

test.each(['a{2001}', '(?:a{50}){50}', '(?:a{1,50}){1,50}', '(?=a{2000})a'])('%s is too large', (source) => {
  expect(() => linear(source)).toThrow(
    expect.objectContaining({ name: 'PatternTooLarge', message: expect.stringContaining('2000') }),
  );
});

test.each([
  `(?:${'|'.repeat(9_900)}a){900}b`,
  `(?:${'()'.repeat(2_000)}a){1000}`,
  `(?:${'a{0}'.repeat(200)}b){1000}`,
])('parts without a state are counted: %.20s...', (source) => {
  expect(() => linear(source)).toThrow('has more than 20000 parts after its repetitions are written out');
});

test('empty alternatives of a repeated group are one way', () => {
  const regex = linear(`(?:${'|'.repeat(1_000)}a)*b`);
  expect(regex.size).toBe(5);
  expect(['aab', 'b', 'aac'].map((given) => regex.test(given))).toEqual([true, true, false]);
});

test('the size is the number of states of all automata', () => {
  expect(linear('ab').size).toBe(3);
  expect(linear('a(?=b{3})').size).toBe(7);
  expect(linear('(?:|a|b{2,4})*(c?|^)(?:){7}$').size).toBe(1 + 2 + 1 + 6 + 1 + 2 + 1 + 1);
});

const atom = fc.constantFrom('a', 'b', '[ab]', '[^a]', '[^]', '\\n', '\\p{L}', '\\u{1f600}', '^', '$', '');
const quantifier = fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{2,}', '*?');
const { pattern } = fc.letrec<{ pattern: string; group: string }>((tie) => ({
  group: fc
    .tuple(fc.constantFrom('(', '(?:', '(?=', '(?!', '(?<=', '(?<!'), tie('pattern'), quantifier)
    .map(([opening, inner, times]) => `${opening}${inner})${/=|!/.test(opening) ? '' : times}`),
  pattern: fc
    .array(
      fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.tuple(atom, quantifier).map(([one, times]) => (/^[$^]?$/.test(one) ? one : `${one}${times}`)),
        tie('group'),
        fc.constant('|'),
      ),
      { maxLength: 4 },
    )
    .map((parts) => parts.join('')),
}));
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '\n', '-', '\u{1f600}'), maxLength: 6 });

test.each([
  ['the whole text', true],
  ['the beginning of the text', false],
])('it matches %s as V8 does', (_, isWhole) => {
  const property = fc.property(pattern, text, fc.constantFrom('u', 'iu'), (source, given, flags) => {
    const expected = new RegExp(`^(?:${source})${isWhole ? '$' : ''}`, flags).test(given);
    expect(linear(source, flags, isWhole).test(given)).toBe(expected);
  });
  fc.assert(property, runs(2_000));
});
