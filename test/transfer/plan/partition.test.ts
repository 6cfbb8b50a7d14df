import fc from 'fast-check';
import { compareKeys } from '../../../src/transfer/keys';
import { TreeCutter, type TreePart } from '../../../src/transfer/plan/partition';

type Tree = readonly (readonly [key: string, size: number])[];

function cut(tree: Tree, limit: number): TreePart[] {
  const cutter = new TreeCutter(limit);
  for (const [key, size] of tree) cutter.add(key, size);
  return cutter.finish();
}

const keysOf = (parts: readonly TreePart[]) => parts.map(({ key }) => key);
const TREE: Tree = [
  ['a/1', 10],
  ['a/2', 10],
  ['b/c/1', 30],
  ['b/c/2', 40],
  ['b/d', 5],
  ['e', 1],
];

test.each([
  [96, ['']],
  [95, ['a/', 'b/', 'e']],
  [75, ['a/', 'b/', 'e']],
  [74, ['a/', 'b/c/', 'b/d', 'e']],
  [69, ['a/', 'b/c/1', 'b/c/2', 'b/d', 'e']],
  [19, ['a/1', 'a/2', 'b/c/1', 'b/c/2', 'b/d', 'e']],
  [0, ['a/1', 'a/2', 'b/c/1', 'b/c/2', 'b/d', 'e']],
])('a limit of %i bytes gives the parts %j', (limit, keys) => {
  expect(keysOf(cut(TREE, limit))).toEqual(keys);
});

test('a part has the size and the number of its files', () => {
  expect(cut(TREE, 75)).toEqual([
    { key: 'a/', size: 20, files: 2 },
    { key: 'b/', size: 75, files: 3 },
    { key: 'e', size: 1, files: 1 },
  ]);
});

test('an empty tree is one part', () => {
  expect(cut([], 10)).toEqual([{ key: '', size: 0, files: 0 }]);
});

test('a single file is one part, also above the limit', () => {
  expect(cut([['', 50]], 10)).toEqual([{ key: '', size: 50, files: 1 }]);
});

test('a folder may be added with a number of files', () => {
  const cutter = new TreeCutter(10);
  cutter.add('a/', 8, 4);
  cutter.add('b', 5);
  expect(cutter.finish()).toEqual([
    { key: 'a/', size: 8, files: 4 },
    { key: 'b', size: 5, files: 1 },
  ]);
});

test('each file is in one part, and a part above the limit is a file', () => {
  const key = fc.array(fc.constantFrom('a', 'b', 'a-b', 'c'), { minLength: 1, maxLength: 4 });
  const tree = fc.dictionary(
    key.map((names) => names.join('/')),
    fc.nat(50),
    { minKeys: 1, maxKeys: 30 },
  );
  fc.assert(
    fc.property(tree, fc.integer({ min: 1, max: 120 }), (files, limit) => {
      const sorted = Object.entries(files).sort(([one], [other]) => compareKeys(one, other));
      const parts = cut(sorted, limit);
      for (const [file] of sorted) expect(parts.filter((part) => holds(part, file))).toHaveLength(1);
      for (const part of parts) {
        const held = sorted.filter(([file]) => holds(part, file));
        const bytes = held.reduce((sum, [, size]) => sum + size, 0);
        expect([part.size, part.files]).toEqual([bytes, held.length]);
        expect(part.size <= limit || held[0]?.[0] === part.key).toBe(true);
      }
    }),
  );
});

test('a folder is cut only if it is above the limit', () => {
  const key = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 });
  const tree = fc.dictionary(
    key.map((names) => names.join('/')),
    fc.nat(50),
    { minKeys: 1, maxKeys: 20 },
  );
  fc.assert(
    fc.property(tree, fc.integer({ min: 1, max: 120 }), (files, limit) => {
      const sorted = Object.entries(files).sort(([one], [other]) => compareKeys(one, other));
      for (const { key: part } of cut(sorted, limit)) {
        const parent = part.slice(0, part.replace(/\/$/, '').lastIndexOf('/') + 1);
        const bytes = sorted
          .filter(([file]) => file.startsWith(parent))
          .reduce((sum, [, size]) => sum + size, 0);
        expect(part === '' || bytes > limit).toBe(true);
      }
    }),
  );
});

function holds(part: TreePart, key: string): boolean {
  const isFolder = part.key === '' || part.key.endsWith('/');
  return isFolder ? key.startsWith(part.key) : key === part.key;
}
