import fc from 'fast-check';
import { UnsafePath } from '../../src/errors';
import {
  asFolder,
  contains,
  formatLocation,
  isFolderLike,
  isLocation,
  isUri,
  joinLocation,
  type Location,
  nameOf,
  parseLocation,
  placeOf,
  relativeTo,
  textOf,
  withoutFinalSlashes,
} from '../../src/transfer/location';
import { efsLocation, localLocation } from '../../src/transfer/schemes/file-systems';
import { s3Location } from '../../src/transfer/schemes/s3';

const parse = parseLocation;

test.each<[string, Location]>([
  ['s3://bucket/a/b', s3Location('bucket', 'a/b')],
  ['s3://bucket/a/', s3Location('bucket', 'a/')],
  ['s3://bucket', { ...s3Location('bucket', ''), given: 's3://bucket' }],
  ['s3://bucket/', s3Location('bucket', '')],
  ['s3://Bucket.with-all/k@v w//x\ny', s3Location('Bucket.with-all', 'k@v w//x\ny')],
  ['fs-0abc12:/scratch/a', efsLocation('fs-0abc12', '/scratch/a')],
  ['/opt/efs/a b', localLocation('/opt/efs/a b')],
  ['file:///opt/a%20b', { ...localLocation('/opt/a b'), given: 'file:///opt/a%20b' }],
])('%s is a location', (text, location) => {
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
  path.map((key) => s3Location('a-bucket', key)),
  path.map((key) => efsLocation('fs-0123abcd', `/${key}`)),
  path.map((key) => localLocation(`/${key}`)),
);

test('the text of a location is read as the same location', () => {
  fc.assert(fc.property(location, (one) => expect(parse(formatLocation(one))).toEqual(one)));
});

/** Texts of locations in all accepted spellings. {@link formatLocation} writes some of these locations differently. */
const spelling: fc.Arbitrary<string> = fc.oneof(
  location.map(formatLocation),
  path.map((each) => `s3://a-bucket/${each}/`),
  path.map((each) => `/${each}/`),
  path.map((each) => `file:///${encodeURIComponent(each)}`),
  fc.constantFrom(
    's3://a-bucket',
    's3://a-bucket/',
    '/',
    'file:///',
    'file:///a%2Fb',
    's3://a-bucket//a/./b',
  ),
);

test('a parsed location keeps its text in every spelling', () => {
  fc.assert(fc.property(spelling, (text) => expect(textOf(parse(text))).toBe(text)));
});

test('two texts of one location are read as the same place', () => {
  fc.assert(
    fc.property(spelling, (text) => {
      const { given: _, ...place } = parse(text);
      expect(parse(formatLocation(place))).toEqual(place);
      expect(relativeTo(parse(text), place)).toBe('');
    }),
  );
});

test('a location made from a parsed location does not keep the parsed text', () => {
  expect(textOf(asFolder(parse('s3://bucket')))).toBe('s3://bucket/');
  expect(textOf(joinLocation(parse('file:///a%20b'), 'c'))).toBe('/a b/c');
});

test('a joined location lies below the folder, at its key', () => {
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
])('relative to %s, %s has its key or no key', (outer, inner, expected) => {
  expect(relativeTo(parse(outer), parse(inner))).toBe(expected);
});

test('a join adds one slash, and no slash for an empty key', () => {
  expect(joinLocation(parse('s3://bucket/a'), 'b')).toEqual(parse('s3://bucket/a/b'));
  expect(joinLocation(parse('s3://bucket/a/'), 'b/')).toEqual(parse('s3://bucket/a/b/'));
  expect(joinLocation(parse('s3://bucket'), 'b')).toEqual(parse('s3://bucket/b'));
  expect(joinLocation(parse('/a'), '')).toEqual(parse('/a'));
});

test('a location with a slash at its end is a folder', () => {
  expect(['s3://bucket', 's3://bucket/a/', '/a/'].map((text) => isFolderLike(parse(text)))).toEqual([
    true,
    true,
    true,
  ]);
  expect(['s3://bucket/a', '/a', 'fs-1:/a'].some((text) => isFolderLike(parse(text)))).toBe(false);
});

test('the name of a location ignores a slash at the end', () => {
  expect(nameOf(parse('s3://bucket/a/b/'))).toBe('b');
  expect(nameOf(parse('/a/b.txt'))).toBe('b.txt');
});

test.each([
  ['s3://bucket/a', true],
  ['s3://', true],
  ['fs-0abc12:relative', true],
  ['file://host/a', true],
  ['/a', false],
  ['a/b', false],
  ['', false],
])('%j begins like a URI: %j', (text, expected) => {
  expect(isUri(text)).toBe(expected);
});

test('the place of a location begins with the place of each location that contains it, and of no other', () => {
  const texts = [
    's3://bucket',
    's3://bucket/a',
    's3://bucket/a/',
    's3://bucket/a//b',
    's3://bucket/ab',
    's3://other/a',
    'fs-1:/a',
    'fs-1:/a//./b',
    '/a',
    '/',
  ];
  for (const outer of texts.map(parseLocation))
    for (const inner of texts.map(parseLocation))
      expect(placeOf(inner).startsWith(placeOf(outer))).toBe(contains(outer, inner));
});

test('only the slashes at the end are removed', () => {
  expect(['', '/', '///', 'a', 'a/', '//a//', `${'/'.repeat(200_000)}a/`].map(withoutFinalSlashes)).toEqual([
    ...['', '', '', 'a', 'a', '//a'],
    `${'/'.repeat(200_000)}a`,
  ]);
});
