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

test.each([
  ['(', 'is no regular expression: Unterminated group'],
  ['a)(b', 'is no regular expression: Unmatched'],
  ['*.csv', 'is no regular expression: Nothing to repeat'],
  ['a++', 'has a possessive quantifier'],
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
