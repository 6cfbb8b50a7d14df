import { malformedTexts, unknownReference, unsafeNumbers } from '../../src/demand/refusals';

describe('a number that changes when JSON is read', () => {
  test.each([
    ['the largest safe integer', 2 ** 53 - 1],
    ['the smallest safe integer', -(2 ** 53) + 1],
    ['a fraction', 0.1],
    ['a negative zero', -0],
    ['a text of digits', '9007199254740993'],
    ['null', null],
    ['an object with a list', { a: [1, 'x', true] }],
  ])('%s is accepted', (_, value) => {
    expect(unsafeNumbers(value, ['a'])).toEqual([]);
  });

  test.each<[string, unknown, string[]]>([
    ['an integer', 2 ** 53, ['/a']],
    ['a negative integer', -(2 ** 60), ['/a']],
    ['an integer written with an exponent', 1e300, ['/a']],
    ['an infinite number', JSON.parse('-1e999'), ['/a']],
    [
      'each of several in lists and objects',
      [1, { 'b/c': 2 ** 53, d: [2 ** 54] }],
      ['/a/1/b~1c', '/a/1/d/0'],
    ],
  ])('%s is refused at its place', (_, value, pointers) => {
    expect(unsafeNumbers(value, ['a']).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  test('the message tells an integer from an infinite number', () => {
    const messages = unsafeNumbers([2 ** 53, Number.POSITIVE_INFINITY], []).map(({ message }) => message);
    expect(messages).toEqual([
      'an integer beyond 2^53 loses digits when JSON is read',
      'a number beyond 1.8e308 becomes infinity when JSON is read',
    ]);
  });
});

test('a demand without parameters gets the remedy to add the missing parameter', () => {
  expect(unknownReference('A_B', []).remedy).toBe('Add a parameter "a_b"');
  expect(unknownReference('A_B', ['A', 'B']).remedy).toBe('The parameters are A, B');
});

test('a message names at most 500 characters of the parameters', () => {
  const known = Array.from({ length: 60 }, (_, index) => `${'N'.repeat(1_000)}${index}`);
  expect(unknownReference('X', known).remedy).toHaveLength('The parameters are '.length + 500);
});

test('the first twenty unsafe numbers of a value are told', () => {
  const pointers = unsafeNumbers(
    Array.from({ length: 10_000 }, () => 2 ** 53),
    ['a'],
  ).map(({ pointer }) => pointer);
  expect(pointers).toHaveLength(20);
  expect(pointers.at(-1)).toBe('/a/19');
});

describe('half of a surrogate pair', () => {
  test.each<[string, unknown, string[]]>([
    ['in a value', { a: ['x', { b: 'x\ud83d' }] }, ['/a/1/b']],
    ['in the name of a field', { a: { '\ude42': { c: '\ud83d' } } }, ['/a/\ude42']],
    ['in the wrong order', '\ude42\ud83d', ['']],
  ])('%s is refused at its place', (_, document, pointers) => {
    expect(malformedTexts(document).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  test('a whole pair, and any other value, is accepted', () => {
    expect(malformedTexts({ a: '\u{1F642}', b: [1, null, true, 'é'], '\u{1F642}': {} })).toEqual([]);
  });

  test('the first twenty are told', () => {
    expect(malformedTexts(Array.from({ length: 100 }, () => '\ud800'))).toHaveLength(20);
  });
});
