import { DemandValidationError } from '../../src/errors';
import { compileFilters, explainFilter, type Filters, findFilterProblems } from '../../src/transfer/filters';

test.each<[string, Filters, string, boolean]>([
  ['no filter', {}, 'a', true],
  ['an empty text', { include: '', exclude: '' }, 'a', true],
  ['an empty list', { include: [], exclude: [] }, 'a', true],
  ['the whole path', { include: 'd0\\.csv' }, 's0/d0.csv', false],
  ['the whole path', { include: 's0/d0\\.csv' }, 's0/d0.csv', true],
  ['one of several', { include: ['x', '.*\\.csv'] }, 's0/d0.csv', true],
  ['an alternative is anchored too', { include: 'a|b' }, 'ab', false],
  ['exclude wins', { include: '.*', exclude: 's0/.*' }, 's0/d0.csv', false],
  ['only exclude', { exclude: ['s0/.*'] }, 's1/d0.csv', true],
])('%s: %j on %s is %s', (_, filters, path, accepted) => {
  expect(compileFilters(filters).accepts(path)).toBe(accepted);
});

// Each verdict is what Python 3.11's re.fullmatch gives.
test.each([
  ['(?P<n>a)(?P=n)', 'aa', true],
  ['(?P<n>a)(?P=n)', 'ab', false],
  ['(a)\\1+', 'aaaa', true],
  ['\\Aa\\Z', 'a', true],
  ['(?i)A', 'a', true],
  ['(?i)(?s)A.', 'a\n', true],
  ['a.b', 'a\nb', false],
  ['a.b', 'a\u2028b', true],
  ['(?s)a.b', 'a\nb', true],
  ['a$\\n', 'a\n', true],
  ['(?m)a$\\n^b', 'a\nb', true],
  ['a{2}', 'aa', true],
  ['a{,2}', '', true],
  ['a{x}', 'a{x}', true],
  ['}', '}', true],
  [']', ']', true],
  ['[]a]+', ']a', true],
  ['[^]a]', 'b', true],
  ['[a^]', '^', true],
  ['[\\w-]+', 'a-b', true],
  ['[\\s\\S]+', 'a\n', true],
  ['[^\\W]', 'é', true],
  ['\\w\\d', 'é\u0663', true],
  ['(?a)\\w', 'é', false],
  ['\\s', '\ufeff', false],
  ['é\\b-', 'é-', true],
  ['\\_\\-\\/\\ ', '_-/ ', true],
  ['\\x41\\u0042\\103', 'ABC', true],
  ['a(?#why)b', 'ab', true],
  ['.', '\u{1F600}', true],
])('Python: %j on %j is %s', (pattern, path, accepted) => {
  expect(explainFilter(pattern)).toBeUndefined();
  expect(compileFilters({ include: pattern }).accepts(path)).toBe(accepted);
});

test.each([
  ['(', 'is no regular expression: Unterminated group'],
  ['a)(b', 'is no regular expression: Unmatched'],
  ['*.csv', 'is no regular expression: Nothing to repeat'],
  ['[a', 'has a "[" without its "]"'],
  ['a++', 'has a possessive quantifier'],
  ['(?>a)', 'has "(?>a"'],
  ['(?(1)a|b)', 'has "(?(1"'],
  ['(?<n>a)', 'has "(?<n"'],
  ['(?x) a', 'uses verbose mode'],
  ['\\p{L}', 'has a bad escape, "\\p"'],
  ['\\', 'has a bad escape'],
  ['a(?i)b', 'has "(?i)"'],
])('%j %s', (pattern, reason) => {
  expect(explainFilter(pattern)).toContain(reason);
});

test('every bad pattern is named where it is', () => {
  const filters: Filters = { include: ['.*', '('], exclude: '[' };
  expect(findFilterProblems(filters).map((problem) => problem.pointer)).toEqual([
    '/filter_config/include/1',
    '/filter_config/exclude',
  ]);
  expect(() => compileFilters(filters)).toThrow(DemandValidationError);
});
