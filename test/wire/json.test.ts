import { isJsonObject, pointerOf, withoutEmpty } from '../../src/wire/json';

test.each([
  [[], ''],
  [['a', 0, 'b'], '/a/0/b'],
  [['a/b', 'c~d', '~1', ''], '/a~1b/c~0d/~01/'],
])('the pointer of %j is %j', (keys, pointer) => {
  expect(pointerOf(...keys)).toBe(pointer);
});

test('what is null or undefined is left out, what is merely empty stays', () => {
  expect(withoutEmpty({ a: null, b: undefined, c: 0, d: '', e: false, f: [], g: {} })).toEqual({
    c: 0,
    d: '',
    e: false,
    f: [],
    g: {},
  });
  expect(Object.keys(withoutEmpty({ a: null, b: undefined }))).toEqual([]);
});

test('only objects are objects', () => {
  expect([{}, Object.create(null)].every(isJsonObject)).toBe(true);
  expect([null, [], 'a', 5, undefined].some(isJsonObject)).toBe(false);
});
