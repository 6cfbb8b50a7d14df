import { pythonNumber, pythonStr } from '../../src/python/text';

// As str(value) of CPython 3.11 writes them.
test.each([
  [true, 'True'],
  [null, 'None'],
  ['as it is\n', 'as it is\n'],
  [[1, 'a', true, null], "[1, 'a', True, None]"],
  [[], '[]'],
  [{}, '{}'],
  [{ k: "it's" }, `{'k': "it's"}`],
  [[`'"`], `['\\'"']`],
  [['\\\t\r\0\x7f'], "['\\\\\\t\\r\\x00\\x7f']"],
  [['a\u00a0b\n'], "['a\\xa0b\\n']"],
  [['\u200b\ud800'], "['\\u200b\\ud800']"],
  [['é\u{1F600}\u{E0001}'], "['é\u{1F600}\\U000e0001']"],
])('str(%j) is %s', (value, text) => {
  expect(pythonStr(value)).toBe(text);
});

test.each([
  [1.5, '1.5'],
  [0.1 + 0.2, '0.30000000000000004'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [-0.000015, '-1.5e-05'],
  [5e-324, '5e-324'],
  [123_456_789_012_345_680_000, '123456789012345683968'],
])('the number %d is %s', (value, text) => {
  expect(pythonNumber(value)).toBe(text);
});

test('a whole number has no point: its JSON text is unknown', () => {
  expect(pythonStr(JSON.parse('[2.0, 1e2, -0.0]'))).toBe('[2, 100, 0]');
});

test('a value outside JSON is refused', () => {
  expect(() => pythonStr(Symbol('x'))).toThrow(TypeError);
});
