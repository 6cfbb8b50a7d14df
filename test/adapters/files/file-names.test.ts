import { basename, dirname } from 'node:path';
import fc from 'fast-check';
import {
  isOwnFolder,
  isRemovingNameOf,
  ownFolderOf,
  partialPathOf,
  removingPathOf,
} from '../../../src/adapters/files/file-names';
import { isLeftover } from '../../../src/transfer/reserved';

const LONG = `/data/${'x'.repeat(255)}`;

test.each(['/data/a', LONG])('the temporary names of %s are beside it, new each time and short', (path) => {
  for (const temporary of [partialPathOf, removingPathOf]) {
    const [one, other] = [temporary(path), temporary(path)];
    expect(dirname(one)).toBe('/data');
    expect(one).not.toBe(other);
    expect(Buffer.byteLength(basename(one))).toBeLessThanOrEqual(255);
  }
});

test('the temporary name of a file is that of a leftover', () => {
  expect(isLeftover(basename(partialPathOf('/data/a')))).toBe(true);
});

test('a name of a removed tree belongs to its path only', () => {
  const name = basename(removingPathOf('/data/a'));
  expect(isRemovingNameOf('/data/a', name)).toBe(true);
  expect(isRemovingNameOf('/data/b', name)).toBe(false);
  expect(isRemovingNameOf('/data/a', basename(partialPathOf('/data/a')))).toBe(false);
  expect(isRemovingNameOf('/data/a', 'a')).toBe(false);
});

test.each([
  ['.demand.leases', true],
  ['.demand.verified', true],
  ['.demand.partial', false],
  ['demand.leases', false],
])('%s is a folder of this package: %s', (name, expected) => {
  expect(isOwnFolder(name)).toBe(expected);
});

describe('the own folder of a path', () => {
  const ownOf = (path: string) => ownFolderOf('/mnt/own', path);

  test('is the same for every spelling', () => {
    expect(ownOf('/a//b/')).toBe(ownOf('a/b'));
    expect(ownOf('')).toBe('/mnt/own');
  });

  test('has names of twelve characters, and its tree has the shape of the paths', () => {
    const name = fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', '.', 'é') });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const own = ownOf(names.join('/'));
        expect(own).toMatch(/^\/mnt\/own(\/[0-9a-f]{12})+$/);
        expect(dirname(own)).toBe(ownOf(names.slice(0, -1).join('/')));
      }),
    );
  });

  test('differs from the folder of another path', () => {
    expect(new Set(['a', 'b', 'a/a', 'a/b', 'b/a'].map(ownOf)).size).toBe(5);
  });
});
