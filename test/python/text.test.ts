import { pythonJson } from '../../src/python/json';
import { pythonChoice } from '../../src/python/random';
import { pythonStr } from '../../src/python/text';

test.each([
  [true, 'True'],
  [null, 'None'],
  [1.5, '1.5'],
  [0.00001, '1e-05'],
  [0.0001, '0.0001'],
  ['as it is', 'as it is'],
  [[1, 'a', true, null], "[1, 'a', True, None]"],
  [{ k: "it's" }, `{'k': "it's"}`],
  [[`'"`], `['\\'"']`],
  [['a\u00a0b\n'], "['a\\xa0b\\n']"],
])('str(%j) is %s', (value, text) => {
  expect(pythonStr(value)).toBe(text);
});

test('a whole number has no point, however its JSON was written', () => {
  expect(pythonStr(JSON.parse('[2.0, 1e2]'))).toBe('[2, 100]');
});

test('json.dumps sorts keys by code point and escapes to ASCII', () => {
  expect(pythonJson({ '\u{1F600}': 1, '\uffff': [true, null], a: 'é' })).toBe(
    '{"a": "\\u00e9", "\\uffff": [true, null], "\\ud83d\\ude00": 1}',
  );
});

/** From CPython 3.11: `random.Random(seed).choice(range(n))`. */
test.each([
  ['demand-0#scratch', 3, 0],
  ['é-2#tmp', 5, 2],
  [`${'x'.repeat(50)}#scratch`, 7, 1],
])('Random(%s).choice of %i is %i', (seed, size, chosen) => {
  expect(pythonChoice(seed, [...Array(size).keys()])).toBe(chosen);
});
