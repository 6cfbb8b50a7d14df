import fc from 'fast-check';
import { UnsafePath } from '../../src/errors';
import { compareKeys, refuseUnsafeKeys } from '../../src/transfer/keys';
import { parseLocation } from '../../src/transfer/location';
import { anyCharacter } from '../characters';

const folder = parseLocation('/dst');
const bucket = parseLocation('s3://bucket/dst');

test('keys are ordered by their bytes', () => {
  const key = fc.string({ unit: anyCharacter });
  fc.assert(
    fc.property(key, key, (one, other) => {
      const byBytes = Buffer.compare(Buffer.from(one), Buffer.from(other));
      expect(Math.sign(compareKeys(one, other))).toBe(byBytes);
    }),
  );
});

test.each([
  ['a/../b', 'has the name "." or ".."'],
  ['..', 'has the name "." or ".."'],
  ['./a', 'has the name "." or ".."'],
  ['/../x', 'has the name "." or ".."'],
  ['/a', 'begins with a slash'],
  ['a//b', 'has an empty name'],
  ['a/', 'has an empty name'],
  ['a\0', 'has a NUL character'],
  ['a/.demand.partial/b', "has a name of the service's own files"],
  ['.demand.leases/b', "has a name of the service's own files"],
  ['a/.0123456789ab.00ff.partial', "has a name of the service's own files"],
  [`a/${'é'.repeat(128)}`, 'has a name of more than 255 bytes'],
])('the key %j is refused: it %s', (key, reason) => {
  expect(() => refuseUnsafeKeys(['fine', key], folder)).toThrow(reason);
});

test('an error names every refused key and no other key', () => {
  const refuse = () => refuseUnsafeKeys(['a', 'a/b', 'c/../d', 'e', 'f//g'], folder);
  expect(refuse).toThrow(UnsafePath);
  expect(refuse).toThrow(/"a" is both a file and a folder; "c\/..\/d" has .*"f\/\/g" has /);
  expect(refuse).not.toThrow(/"e"/);
});

test('a file system takes hidden names, dots and names of 255 bytes', () => {
  const keys = ['...', 'A', 'a', 'a-b', 'a.b/c', `x/${'é'.repeat(127)}`, '.hidden'];
  expect(() => refuseUnsafeKeys(keys, folder)).not.toThrow();
});

test('S3 takes keys that no file system takes, but neither ".." nor more than 1,024 bytes', () => {
  expect(() => refuseUnsafeKeys(['a', 'a/b', 'c//d', 'x'.repeat(1020)], bucket)).not.toThrow();
  expect(() => refuseUnsafeKeys(['x'.repeat(1021)], bucket)).toThrow('more than 1024 bytes');
  expect(() => refuseUnsafeKeys(['a/../b'], bucket)).toThrow(UnsafePath);
});

test('an error names every key that is both a file and a folder', () => {
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
