import fc from 'fast-check';
import { pythonPath } from '../../src/python/path';
import { runs } from '../demand/arbitraries';

// As str(PurePosixPath(path)) of CPython 3.11 writes them.
test.each([
  ['', '.'],
  ['.', '.'],
  ['./.', '.'],
  ['/', '/'],
  ['/./', '/'],
  ['///a', '/a'],
  ['a//b/./c/', 'a/b/c'],
  ['./a', 'a'],
  ['a/../b', 'a/../b'],
  ['..', '..'],
  ['a/.b/c.', 'a/.b/c.'],
])('%j is %j', (path, expected) => {
  expect(pythonPath(path)).toBe(expected);
});

test('two slashes at the start become one, unlike in Python', () => {
  expect(pythonPath('//a/b')).toBe('/a/b');
});

test('a path has one form, and keeps its names and whether it is absolute', () => {
  const names = fc.array(fc.constantFrom('a', 'é', '..', '.', '', ' ', '\u{1F600}'), { maxLength: 6 });
  const property = fc.property(names, (given) => {
    const path = pythonPath(given.join('/'));
    expect(pythonPath(path)).toBe(path);
    expect(path.startsWith('/')).toBe(given.join('/').startsWith('/'));
    expect(path.split('/').filter((name) => name !== '' && name !== '.')).toEqual(
      given.filter((name) => name !== '' && name !== '.'),
    );
  });
  fc.assert(property, runs(500));
});
