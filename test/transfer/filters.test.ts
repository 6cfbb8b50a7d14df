import { DemandValidationError } from '../../src/errors';
import { compileFilters, explainFilter, type Filters, findFilterProblems } from '../../src/transfer/filters';

test.each<[string, Filters, string, boolean]>([
  ['no filter', {}, 'a', true],
  ['empty text', { include: '', exclude: '' }, 'a', true],
  ['empty list', { include: [], exclude: [] }, 'a', true],
  ['a match of a part of the path', { include: 'd0\\.csv' }, 's0/d0.csv', false],
  ['a match of the whole path', { include: 's0/d0\\.csv' }, 's0/d0.csv', true],
  ['a match of the second pattern', { include: ['x', '.*\\.csv'] }, 's0/d0.csv', true],
  ['an alternative that matches a part', { include: 'a|b' }, 'ab', false],
  ['include and exclude match', { include: '.*', exclude: 's0/.*' }, 's0/d0.csv', false],
  ['exclude alone', { exclude: ['s0/.*'] }, 's1/d0.csv', true],
])('%s', (_, filters, path, accepted) => {
  expect(compileFilters(filters).accepts(path)).toBe(accepted);
});

test.each([
  ['(', 'is not a regular expression: Unterminated group'],
  ['a)(b', 'is not a regular expression: Unmatched'],
  ['*.csv', 'is not a regular expression: Nothing to repeat'],
  ['a++', 'has a possessive quantifier'],
])('the pattern %j is refused: it %s', (pattern, reason) => {
  expect(explainFilter(pattern)).toContain(reason);
});

test('every bad pattern is named with its pointer', () => {
  const filters: Filters = { include: ['.*', '('], exclude: '[' };
  expect(findFilterProblems(filters).map((problem) => problem.pointer)).toEqual([
    '/filter_config/include/1',
    '/filter_config/exclude',
  ]);
  expect(() => compileFilters(filters)).toThrow(DemandValidationError);
});
