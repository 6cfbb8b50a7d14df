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
  [`(?:ab){${'9'.repeat(20)}}`, 'outside JS safe integer range in quantifier at position 6'],
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

test('a long pattern is named by its beginning', () => {
  const [problem] = findFilterProblems({ include: `${'x'.repeat(20_000)}` });
  expect(problem?.message).toBe(`"${'x'.repeat(77)}..." has more than 10000 characters`);
});

describe('filters as a whole have limits:', () => {
  const many = (count: number, pattern: string) =>
    Array.from({ length: count }, (_, index) => `${pattern}${index}`);

  test.each<[string, Filters, string]>([
    ['too many patterns', { include: many(600, 'x'), exclude: many(401, 'y') }, 'more than 1000 patterns'],
    ['too many large patterns', { include: many(100, '(?:ab{100}c)*') }, 'needs more than 200000000 steps'],
    ['too many classes of Unicode', { include: ['\\w'.repeat(600), '\\b'.repeat(101)] }, 'more than 2000'],
  ])('%s', (_, filters, message) => {
    expect(findFilterProblems(filters, '/at')).toEqual([
      { pointer: '/at', message: expect.stringContaining(message), remedy: expect.any(String) },
    ]);
    expect(() => compileFilters(filters)).toThrow(DemandValidationError);
  });

  test('a thousand patterns with two repetitions each are matched within the steps', () => {
    const filters = compileFilters({ include: many(500, '.*x.*'), exclude: many(500, '.*y.*') });
    expect(filters.accepts('ax499')).toBe(true);
    expect(filters.accepts('ax499y3')).toBe(false);
    expect(filters.stepsFor(1_024)).toBeLessThan(200_000_000);
  });

  test('classes of ASCII do not count, and the first call compiles those of Unicode', () => {
    expect(findFilterProblems({ include: `(?a)${'\\w|'.repeat(2_400)}` })).toEqual([]);
    expect(compileFilters({ include: ['.*', '(?a)\\w'] }).firstSteps).toBe(0);
    expect(compileFilters({ include: '\\w', exclude: ['\\d'] }).firstSteps).toBe(60_000);
    expect(compileFilters({ include: '(?:a|\\w)*' }).firstSteps).toBe(5 * 200 + 40_000);
  });

  test('the steps are those of all patterns', () => {
    expect(compileFilters({}).stepsFor(10)).toBe(0);
    expect(compileFilters({ include: ['.*a', 'b'], exclude: '.*c.*' }).stepsFor(10)).toBe(111);
  });
});
