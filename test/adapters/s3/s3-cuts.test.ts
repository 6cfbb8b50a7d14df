import fc from 'fast-check';
import { chooseCuts, endOf, levelsOf } from '../../../src/adapters/s3/s3-cuts';
import { compareKeys } from '../../../src/transfer/keys';

const objects = (...keys: string[]) => keys.map((key) => ({ key, size: 1 }));

test('the end of a folder is after its keys, and before every later key', () => {
  expect(endOf('p/')).toBe('p0');
  const name = fc.string({ unit: fc.constantFrom('a', '-', '.', '0', '~', 'é'), minLength: 1 });
  fc.assert(
    fc.property(name, name, (below, other) => {
      expect(compareKeys(`p/${below}`, endOf('p/'))).toBeLessThan(0);
      const key = `p${other}`;
      expect(compareKeys(key, endOf('p/')) < 0).toBe(compareKeys(key, 'p/') < 0);
    }),
  );
});

test.each([
  ['p/a/b/x', 'p/', ['p/', 'p/a/', 'p/a/b/']],
  ['p/x', 'p/', ['p/']],
  ['a/x', '', ['', 'a/']],
  ['1/2/3/4/5/6/7/x', '', ['', '1/', '1/2/', '1/2/3/', '1/2/3/4/', '1/2/3/4/5/']],
])('the levels above %s below the prefix "%s"', (key, prefix, levels) => {
  expect(levelsOf(key, prefix)).toEqual(levels);
});

describe('folders of a page or more', () => {
  const last = objects('p/a/1', 'p/a/2', 'p/a/3');
  const cut = (folders: string[], ...between: string[]) =>
    chooseCuts('p/', { folders, objects: objects(...between) }, last);

  test('get a range each, up to the end of the folder', () => {
    expect(cut(['p/b/', 'p/c/', 'p/d/'])).toEqual([
      { at: 'p/b/', minLevel: 3, folder: 'p/b/' },
      { at: 'p/b0', minLevel: 3, folder: 'p/c/' },
      { at: 'p/c0', minLevel: 3, folder: 'p/d/' },
    ]);
  });

  test('with objects between them are cut at the next folder', () => {
    expect(cut(['p/b/', 'p/c/', 'p/d/'], 'p/bb').map(({ at }) => at)).toEqual(['p/b/', 'p/c/', 'p/c0']);
  });

  test('are not cut without folders', () => {
    expect(cut([], 'p/x')).toEqual([]);
  });
});

describe('small folders', () => {
  test('are cut every four pages', () => {
    const last = objects('p/a/1', 'p/b/1', 'p/c/1', 'p/x');
    const folders = Array.from({ length: 30 }, (_, index) => `p/f${String(index).padStart(2, '0')}/`);
    const cuts = chooseCuts('p/', { folders, objects: [] }, last);
    expect(cuts).toEqual([
      { at: 'p/f11/', minLevel: 2 },
      { at: 'p/f23/', minLevel: 2 },
    ]);
  });

  test('of another level are not counted', () => {
    const last = objects('other/a/1', 'other/b/1', 'p/c/1');
    expect(chooseCuts('p/', { folders: ['p/d/'], objects: [] }, last)).toEqual([
      { at: 'p/d/', minLevel: 3, folder: 'p/d/' },
    ]);
  });
});

test('the cuts of any page are in order, and no folder is lost between them', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '0'), minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.uniqueArray(name), fc.uniqueArray(name), (names, files) => {
      const folders = names.map((each) => `p/${each}/`).sort(compareKeys);
      const keys = files.map((each) => `p/${each}`).sort(compareKeys);
      const cuts = chooseCuts('p/', { folders, objects: objects(...keys) }, objects('p/!/1')).map(
        ({ at }) => at,
      );
      expect(cuts).toEqual(cuts.toSorted(compareKeys));
      expect(cuts).toHaveLength(folders.length);
      for (const [index, folder] of folders.entries()) {
        expect(compareKeys(cuts[index] ?? '', folder)).toBeLessThanOrEqual(0);
        const next = cuts[index + 1];
        if (next !== undefined) expect(compareKeys(next, folder)).toBeGreaterThan(0);
      }
    }),
  );
});
