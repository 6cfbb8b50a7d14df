import { namesOf, type PathEntry, rootPathOf, treeRootOf, unreadableField } from '../../src/paths/entries';
import { parseLocation } from '../../src/transfer/location';

const rootOf = (path: string) => treeRootOf(parseLocation(path));
const entry = (key: string): PathEntry => ({ key, size: 1, modified: 0 });

test.each([
  ['s3://bucket/a//b/', 'a//b/'],
  ['s3://bucket', ''],
  ['fs-1:/a//b/', 'fs-1:/a//b/'],
  ['/a//./b/', '/a/b'],
  ['/', '/'],
  ['file:///a%20b/', '/a b'],
])('the name of the root %s is %j', (path, name) => {
  expect(rootOf(path).text).toBe(name);
});

test.each([
  ['s3://bucket/a', 'a', 'a/'],
  ['s3://bucket/a//', 'a//', 'a/'],
  ['fs-1:/a', 'fs-1:/a', 'fs-1:/a/'],
  ['/', '/', '/'],
])('the path of the root %s is %j without children, %j with children', (path, without, withChildren) => {
  expect(rootPathOf(rootOf(path), false)).toBe(without);
  expect(rootPathOf(rootOf(path), true)).toBe(withChildren);
});

test.each([
  ['s3://bucket/a/', 'b/c', ['b', 'c']],
  ['s3://bucket/a/', 'b//c/', ['b', '', 'c', '']],
  ['s3://bucket/a', '', ['']],
  ['s3://bucket/a', '/', ['']],
  ['/data', 'b/', ['b', '']],
  ['/data/file', '', ['data', 'file']],
  ['fs-1:/data//file', '', ['data', 'file']],
])('the names below %s to %j are %j', (path, key, names) => {
  expect(namesOf(entry(key), rootOf(path))).toEqual(names);
});

describe('the field unreadable_paths', () => {
  test('is absent when all entries are readable', () => {
    expect(unreadableField(rootOf('/data'), [])).toEqual({});
  });

  test('has the paths with the path of the root', () => {
    expect(unreadableField(rootOf('/data'), ['a/b/', '/', ''])).toEqual({
      unreadable_paths: ['/data/a/b/', '/data/', '/data'],
    });
  });

  test('has at most 100 paths', () => {
    const keys = Array.from({ length: 101 }, (_, index) => `${index}`);
    expect(unreadableField(rootOf('/data'), keys).unreadable_paths).toEqual(
      keys.slice(0, 100).map((key) => `/data/${key}`),
    );
  });
});
