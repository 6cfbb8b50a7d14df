import fc from 'fast-check';
import { canonicalJson } from '../../src/wire/canonical';
import { isJsonObject } from '../../src/wire/json';
import { runs } from '../demand/arbitraries';

/** The same value with the fields of all its objects in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, reversed(item)])
      .toReversed(),
  );
}

test('keys are sorted at every level, and undefined fields are absent', () => {
  expect(canonicalJson({ b: [{ d: null, c: undefined, a: 1 }], a: 'x' })).toBe(
    '{"a":"x","b":[{"a":1,"d":null}]}',
  );
});

test('the order of fields does not change the text, the order of a list does', () => {
  const property = fc.property(fc.jsonValue(), (value) => {
    expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
    expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
  });
  fc.assert(property, runs(500));
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});
