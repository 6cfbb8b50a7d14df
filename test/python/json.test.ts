import fc from 'fast-check';
import { pythonJson } from '../../src/python/json';
import { runs } from '../demand/arbitraries';

// As json.dumps(value, sort_keys=True) of CPython 3.11 writes them.
test.each<[unknown, string]>([
  [null, 'null'],
  [[1.5, null, true], '[1.5, null, true]'],
  [{ b: 1, a: {} }, '{"a": {}, "b": 1}'],
  [0.00001, '1e-05'],
  ['"\\\n\t\b\f\r/', '"\\"\\\\\\n\\t\\b\\f\\r/"'],
  ['\u007f\u001fé', '"\\u007f\\u001f\\u00e9"'],
  ['\u{1F600}', '"\\ud83d\\ude00"'],
])('json.dumps of %j is %s', (value, expected) => {
  expect(pythonJson(value)).toBe(expected);
});

test('keys are in the order of their code points, not of their UTF-16 units', () => {
  expect(pythonJson({ '\u{1F600}': 1, '\uffff': 2, ab: 3, a: 4 })).toBe(
    '{"a": 4, "ab": 3, "\\uffff": 2, "\\ud83d\\ude00": 1}',
  );
});

test('a value that JSON cannot express is refused', () => {
  expect(() => pythonJson([() => 1])).toThrow(TypeError);
});

test('every document is written in printable ASCII and reads back as the same document', () => {
  const property = fc.property(fc.jsonValue({ stringUnit: 'binary' }), (document) => {
    const written = pythonJson(document);
    expect(written).toMatch(/^[ -~]*$/);
    // By way of JSON.stringify: Python reads the integer -0 as 0.
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(document)));
  });
  fc.assert(property, runs(1_000));
});
