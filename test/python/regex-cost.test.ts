import { parseRegex } from '../../src/python/linear-regex';
import { costOf, hasReference, isCompiledFast, propertiesIn, stepsFor } from '../../src/python/regex-cost';

const costOfSource = (source: string) => costOf(parseRegex(source, 'u'));

test.each([
  ['abc', 1, 0],
  ['a{5}', 1, 0],
  ['a{2,5}', 4, 0],
  ['a*', 1, 1],
  ['a+b{0,2}[^]*', 3, 2],
  ['a?', 2, 0],
  ['(?:ab|c*)?', 3, 1],
  ['(?:a|b|c)d', 3, 0],
  ['(a|b*)c', 2, 1],
  ['(?=a*b)c*', 1, 2],
  ['(a)\\1', 1, 1],
  ['(a)(?:\\1)+b*', 1, 2],
])('the cost of %s is %i times the length to the power of %i', (source, factor, degree) => {
  expect(costOfSource(source)).toEqual({ factor, degree });
});

test.each(['(?:a|a)*', '(?:a){2}', '(a*)*', 'b(?:c(?:a)+)', '(?:(?:a)*)?', '(?:x|(?:y)*)', '(?=(?:a)*)'])(
  '%s repeats a group, which has no bound',
  (source) => {
    expect(costOfSource(source)).toBeUndefined();
  },
);

test.each([
  ['(a)\\1', true],
  ['(?<n>a)(?:b|\\k<n>*)', true],
  ['(?=(a)(?:\\1))', true],
  ['(?:a|b)*[^c]', false],
])('%s refers to a group: %s', (source, refers) => {
  expect(hasReference(parseRegex(source, 'u'))).toBe(refers);
});

test.each([
  ['a[^b]', 0],
  ['[\\p{L}\\p{N}_]*', 2],
  ['(?:\\p{L}|(?<![\\P{Nd}])x){5}', 2],
])('%s has %i Unicode properties', (source, properties) => {
  expect(propertiesIn(parseRegex(source, 'u'))).toBe(properties);
});

test.each([
  ['1,900 letters', 'x'.repeat(1_900), true],
  ['a thousand alternatives', Array.from({ length: 1_000 }, (_, index) => `file${index}`).join('|'), true],
  ['a class with 5,000 letters', `[${'x'.repeat(5_000)}]`, true],
  ['2,100 letters', 'x'.repeat(2_100), false],
  ['groups in a row', `(?:${'(x)'.repeat(1_100)}|y)`, false],
  ['a hundred repetitions', 'x{9}'.repeat(100), true],
  ['more repetitions', `(?:${'x{9}'.repeat(50)}|${'x?'.repeat(51)})`, false],
])('V8 compiles %s fast, or not', (_, source, isFast) => {
  expect(isCompiledFast(parseRegex(source, 'u'))).toBe(isFast);
});

test('an empty text needs steps, too', () => {
  expect(stepsFor({ factor: 3, degree: 2 }, 0)).toBe(3);
  expect(stepsFor({ factor: 3, degree: 2 }, 10)).toBe(300);
});
