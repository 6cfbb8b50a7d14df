import fc from 'fast-check';
import { toCamelCase, toSnakeCase } from '../../src/wire/names';
import { runs } from '../demand/arbitraries';

test.each([
  ['name', 'name'],
  ['some_name', 'someName'],
  ['output_s3_prefix', 'outputS3Prefix'],
  ['a_b_c', 'aBC'],
])('%s on the wire is %s in the code', (wire, code) => {
  expect(toCamelCase(wire)).toBe(code);
  expect(toSnakeCase(code)).toBe(wire);
});

test('both spellings have one name in each case', () => {
  expect(toCamelCase('someName')).toBe('someName');
  expect(toSnakeCase('some_name')).toBe('some_name');
});

test('the name of a field comes back from its other spelling', () => {
  const field = fc.stringMatching(/^[a-z]{1,4}(_[a-z][a-z0-9]{0,3}){0,3}$/);
  const property = fc.property(field, (name) => {
    expect(toSnakeCase(toCamelCase(name))).toBe(name);
  });
  fc.assert(property, runs(300));
});
