import { mapConcurrency, wholeNumber } from '../../cli/numbers';

test.each([
  ['0', 0],
  ['42', 42],
])('%s is the whole number %i', (text, number) => {
  expect(wholeNumber(text)).toBe(number);
});

test.each(['', '-1', '1.5', '1e3', 'many'])('%j is no whole number', (text) => {
  expect(() => wholeNumber(text)).toThrow('It must be a whole number.');
});

test.each(['1', '40'])('a Map runs %s iterations at once', (text) => {
  expect(mapConcurrency(text)).toBe(Number(text));
});

test.each(['0', '41', 'ten'])('a Map does not run %s iterations at once', (text) => {
  expect(() => mapConcurrency(text)).toThrow(/^It must be a whole number/);
});
