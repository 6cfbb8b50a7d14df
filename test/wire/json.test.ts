import { isJsonObject, pointerOf, withoutEmpty } from '../../src/wire/json';

test.each([
  [[], ''],
  [['a', 0, 'b'], '/a/0/b'],
  [['a/b', 'c~d', '~1', ''], '/a~1b/c~0d/~01/'],
])('the pointer of %j is %j', (keys, pointer) => {
  expect(pointerOf(...keys)).toBe(pointer);
});

test('fields that are null or undefined are left out, other empty values stay', () => {
  expect(withoutEmpty({ a: null, b: undefined, c: 0, d: '', e: false, f: [], g: {} })).toEqual({
    c: 0,
    d: '',
    e: false,
    f: [],
    g: {},
  });
  expect(Object.keys(withoutEmpty({ a: null, b: undefined }))).toEqual([]);
});

test('a list, null or a primitive value is no JSON object', () => {
  expect([{}, Object.create(null)].every(isJsonObject)).toBe(true);
  expect([null, [], 'a', 5, undefined].some(isJsonObject)).toBe(false);
});
