import { type PathEntry, treeRootOf } from '../../src/paths/entries';
import { measureTree } from '../../src/paths/stats';
import { parseLocation } from '../../src/transfer/location';
import { emptyFolder, file, unreadable, worldOf } from './listings';

async function measure(path: string, entries: readonly PathEntry[]) {
  const { children, ...total } = await measureTree(treeRootOf(parseLocation(path)), worldOf(entries));
  return { ...total, children: Object.fromEntries(children) };
}

test('the root and each of its children have the sum of the sizes and the latest change', async () => {
  expect(await measure('/data', [file('a/1', 10, 5), file('b', 1, 7), file('a/b/2', 20, 3)])).toEqual({
    size: 31,
    count: 3,
    modified: 7,
    children: { a: { size: 30, count: 2, modified: 5 }, b: { size: 1, count: 1, modified: 7 } },
    unreadable: [],
  });
});

test('a tree without entries has no size', async () => {
  expect(await measure('/data', [])).toEqual({
    size: 0,
    count: 0,
    modified: 0,
    children: {},
    unreadable: [],
  });
});

test('empty folders and unreadable entries do not count', async () => {
  expect(await measure('/data', [emptyFolder('empty/', 9), unreadable('locked/'), file('a', 2)])).toEqual({
    size: 2,
    count: 1,
    modified: 1,
    children: { a: { size: 2, count: 1, modified: 1 } },
    unreadable: ['locked/'],
  });
});

test('a root that is a file has its own path below it, as in the original', async () => {
  const { children, count } = await measure('/data/x/file', [file('', 3)]);
  expect(children).toEqual({ data: { size: 3, count: 1, modified: 1 } });
  expect(count).toBe(1);
});

// The original counts an object once more for each empty name at the start of the key, or after the name of the child.
test.each([
  ['the object of the root itself', '', { size: 6, count: 2 }, {}],
  ['a marker of a folder', 'a/', { size: 3, count: 1 }, { a: { size: 6, count: 2 } }],
  ['a key with two slashes', 'a//b', { size: 3, count: 1 }, { a: { size: 6, count: 2 } }],
  ['a key with two slashes at the end', 'a//', { size: 3, count: 1 }, { a: { size: 9, count: 3 } }],
  ['a marker in a child', 'a/b/', { size: 3, count: 1 }, { a: { size: 3, count: 1 } }],
])('in S3, %s counts as in the original', async (_, key, total, children) => {
  const measured = await measure('s3://bucket/in/', [file(key, 3)]);
  expect(measured).toMatchObject(total);
  expect(Object.keys(measured.children)).toEqual(Object.keys(children));
  expect(measured.children).toMatchObject(children);
});

test('a child may have any name', async () => {
  const { children } = await measureTree(
    treeRootOf(parseLocation('/data')),
    worldOf([file('__proto__/x'), file('constructor')]),
  );
  expect([...children.keys()]).toEqual(['__proto__', 'constructor']);
});
