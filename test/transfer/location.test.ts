import fc from 'fast-check';
import { UnsafePath } from '../../src/errors';
import {
  contains,
  formatLocation,
  isFolderLike,
  isLocation,
  joinLocation,
  type Location,
  nameOf,
  parseLocation,
  relativeTo,
} from '../../src/transfer/location';

const parse = parseLocation;

test.each<[string, Location]>([
  ['s3://bucket/a/b', { kind: 's3', bucket: 'bucket', key: 'a/b' }],
  ['s3://bucket/a/', { kind: 's3', bucket: 'bucket', key: 'a/' }],
  ['s3://bucket', { kind: 's3', bucket: 'bucket', key: '' }],
  ['s3://bucket/', { kind: 's3', bucket: 'bucket', key: '' }],
  ['s3://Bucket.with-all/k@v w//x\ny', { kind: 's3', bucket: 'Bucket.with-all', key: 'k@v w//x\ny' }],
  ['fs-0abc12:/scratch/a', { kind: 'efs', fileSystemId: 'fs-0abc12', path: '/scratch/a' }],
  ['/opt/efs/a b', { kind: 'path', path: '/opt/efs/a b' }],
  ['file:///opt/a%20b', { kind: 'path', path: '/opt/a b' }],
])('%s is read', (text, location) => {
  expect(parse(text)).toEqual(location);
});

test.each([
  '',
  'relative/path',
  's3://ab/key',
  's3://-bucket/key',
  's3://bucket-/key',
  's3://buck_et/key',
  `s3://${'b'.repeat(64)}/key`,
  's3:/bucket/key',
  'gs://bucket/key',
  'fs-0abc12:relative',
  'fs-xyz:/a',
  'file://host/a',
  'file:///bad%zz',
  '/with\0nul',
])('%j is refused', (text) => {
  expect(isLocation(text)).toBe(false);
  expect(() => parse(text)).toThrow(UnsafePath);
});

const name = fc.string({ unit: fc.constantFrom('a', 'B', '-', '.', ' ', 'é', '%', '@'), minLength: 1 });
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const location: fc.Arbitrary<Location> = fc.oneof(
  path.map((key): Location => ({ kind: 's3', bucket: 'a-bucket', key })),
  path.map((key): Location => ({ kind: 'efs', fileSystemId: 'fs-0123abcd', path: `/${key}` })),
  path.map((key): Location => ({ kind: 'path', path: `/${key}` })),
);

test('every location is read back from its text', () => {
  fc.assert(fc.property(location, (one) => expect(parse(formatLocation(one))).toEqual(one)));
});

test('what is joined lies below, at its key', () => {
  const key = path.filter((each) => !each.split('/').includes('.'));
  fc.assert(
    fc.property(location, key, (outer, below) => {
      const inner = joinLocation(outer, below);
      expect(contains(outer, inner)).toBe(true);
      expect(contains(inner, outer)).toBe(false);
      expect(relativeTo(outer, inner)).toBe(below);
    }),
  );
});

test.each([
  ['s3://bucket/foo', 's3://bucket/foo/bar', 'bar'],
  ['s3://bucket/foo/', 's3://bucket/foo/bar/', 'bar/'],
  ['s3://bucket/foo', 's3://bucket/foo/', ''],
  ['s3://bucket', 's3://bucket/foo', 'foo'],
  ['s3://bucket/foo', 's3://bucket/foo-bar', undefined],
  ['s3://bucket/foo/bar', 's3://bucket/foo', undefined],
  ['s3://bucket/foo', 's3://other/foo/bar', undefined],
  ['s3://bucket/a', 's3://bucket/a//b', '/b'],
  ['fs-1:/a', 'fs-1:/a/b', 'b'],
  ['fs-1:/a', 'fs-2:/a/b', undefined],
  ['/a', '/a//./b', 'b'],
  ['/', '/a', 'a'],
  ['/a', 'fs-1:/a/b', undefined],
])('%s, then %s: %j', (outer, inner, expected) => {
  expect(relativeTo(parse(outer), parse(inner))).toBe(expected);
});

test('joins with one slash, and nothing to nothing', () => {
  expect(joinLocation(parse('s3://bucket/a'), 'b')).toEqual(parse('s3://bucket/a/b'));
  expect(joinLocation(parse('s3://bucket/a/'), 'b/')).toEqual(parse('s3://bucket/a/b/'));
  expect(joinLocation(parse('s3://bucket'), 'b')).toEqual(parse('s3://bucket/b'));
  expect(joinLocation(parse('/a'), '')).toEqual(parse('/a'));
});

test('tells a folder by its slash', () => {
  expect(['s3://bucket', 's3://bucket/a/', '/a/'].map((text) => isFolderLike(parse(text)))).toEqual([
    true,
    true,
    true,
  ]);
  expect(['s3://bucket/a', '/a', 'fs-1:/a'].some((text) => isFolderLike(parse(text)))).toBe(false);
});

test('knows the last name, a slash at the end aside', () => {
  expect(nameOf(parse('s3://bucket/a/b/'))).toBe('b');
  expect(nameOf(parse('/a/b.txt'))).toBe('b.txt');
});
