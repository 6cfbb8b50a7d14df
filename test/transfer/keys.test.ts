import fc from 'fast-check';
import { UnsafePath } from '../../src/errors';
import { compareKeys, refuseUnsafeKeys } from '../../src/transfer/keys';
import { parseLocation } from '../../src/transfer/location';

const folder = parseLocation('/dst');
const bucket = parseLocation('s3://bucket/dst');

test('keys are ordered by their bytes', () => {
  const key = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(key, key, (one, other) => {
      const byBytes = Buffer.compare(Buffer.from(one), Buffer.from(other));
      expect(Math.sign(compareKeys(one, other))).toBe(byBytes);
    }),
  );
});

test.each([
  ['a/../b', 'has a "." or ".." in it'],
  ['..', 'has a "." or ".." in it'],
  ['./a', 'has a "." or ".." in it'],
  ['/../x', 'has a "." or ".." in it'],
  ['/a', 'begins with a slash'],
  ['a//b', 'has an empty name in it'],
  ['a/', 'has an empty name in it'],
  ['a\0', 'has a NUL character in it'],
  ['a/.demand.partial/b', 'has the name of one of our own folders in it'],
  ['.demand.leases/b', 'has the name of one of our own folders in it'],
  ['.demand.verified/b', 'has the name of one of our own folders in it'],
  [`a/${'é'.repeat(128)}`, 'has a name of more than 255 bytes'],
])('%j %s', (key, reason) => {
  expect(() => refuseUnsafeKeys(['fine', key], folder)).toThrow(reason);
});

test('every bad key is named, and what is fine is not', () => {
  const refuse = () => refuseUnsafeKeys(['a', 'a/b', 'c/../d', 'e', 'f//g'], folder);
  expect(refuse).toThrow(UnsafePath);
  expect(refuse).toThrow(/"a" is both a file and a folder; "c\/..\/d" has .*"f\/\/g" has /);
  expect(refuse).not.toThrow(/"e"/);
});

test('fine for a file system', () => {
  const keys = ['...', 'A', 'a', 'a-b', 'a.b/c', `x/${'é'.repeat(127)}`, '.hidden'];
  expect(() => refuseUnsafeKeys(keys, folder)).not.toThrow();
});

test('S3 holds what no file system does, but neither ".." nor more than 1,024 bytes', () => {
  expect(() => refuseUnsafeKeys(['a', 'a/b', 'c//d', 'x'.repeat(1020)], bucket)).not.toThrow();
  expect(() => refuseUnsafeKeys(['x'.repeat(1021)], bucket)).toThrow('more than 1024 bytes');
  expect(() => refuseUnsafeKeys(['a/../b'], bucket)).toThrow(UnsafePath);
});

test('of any keys, those are named that are a file and a folder', () => {
  const name = fc.constantFrom('a', 'b', 'a-', 'a.', 'aa', 'é');
  const keys = fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/')));
  fc.assert(
    fc.property(keys, (given) => {
      const sorted = given.toSorted(compareKeys);
      const clashes = sorted.filter((key) => sorted.some((other) => other.startsWith(`${key}/`)));
      const refuse = () => refuseUnsafeKeys(sorted, folder);
      if (clashes.length === 0) return expect(refuse).not.toThrow();
      expect(refuse).toThrow(new RegExp(`^${clashes.length} key`));
      for (const key of clashes.slice(0, 20)) expect(refuse).toThrow(`"${key}" is both`);
    }),
  );
});
