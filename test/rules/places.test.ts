import fc from 'fast-check';
import { parsePlace, permitsPlace } from '../../src/rules/places';
import { parseLocation } from '../../src/transfer/location';
import { s3Location } from '../../src/transfer/schemes/s3';
import { runs } from '../demand/arbitraries';

const BUCKETS = { buckets: ['own', 'second'] };
const permits = (place: string, uri: string) => permitsPlace([place], parseLocation(uri), BUCKETS);

test.each([
  ['s3://bucket', 's3://bucket/a/b', true],
  ['s3://bucket', 's3://bucket', true],
  ['s3://bucket/', 's3://bucket/a', true],
  ['s3://bucket/*', 's3://bucket/a', true],
  ['s3://bucket', 's3://bucket2/a', false],
  ['s3://bucket', 's3://Bucket/a', false],
  ['s3://bucket', 's3://bucket-s3alias/a', false],
  ['s3://bucket/run1', 's3://bucket/run1', true],
  ['s3://bucket/run1', 's3://bucket/run1/', true],
  ['s3://bucket/run1/', 's3://bucket/run1', true],
  ['s3://bucket/run1/*', 's3://bucket/run1/x', true],
  ['s3://bucket/run1', 's3://bucket/run1/x/y', true],
  ['s3://bucket/run1', 's3://bucket/run10', false],
  ['s3://bucket/run1/', 's3://bucket/run10/x', false],
  ['s3://bucket/run1', 's3://bucket/RUN1/x', false],
  ['s3://bucket/run1', 's3://bucket', false],
  ['s3://bucket/run1', 's3://bucket/', false],
  ['s3://bucket/run1', 's3://bucket//run1/x', false],
  ['s3://bucket/run1', 's3://bucket/run1//x', true],
  ['s3://bucket/run1', 's3://bucket/run1/../secret', false],
  ['s3://bucket/run1', 's3://bucket/run1/./x', false],
  ['s3://bucket/run1', 's3://bucket/a/run1/x', false],
  ['s3://bucket', 's3://bucket/a/../b', true],
  ['s3://bucket/run1*', 's3://bucket/run10/x', true],
  ['s3://bucket/run1*', 's3://bucket/run', false],
  ['s3://bucket/a/run*', 's3://bucket/a/run/../../b', false],
  ['buckets', 's3://own/a', true],
  ['buckets', 's3://second', true],
  ['buckets', 's3://bucket/a', false],
  ['buckets/results', 's3://second/results/x', true],
  ['buckets/results', 's3://second/resultsx', false],
  ['*', 's3://any/a/../b', true],
  // Another part of the service limits file systems.
  ['s3://bucket', 'fs-1:/a', true],
  ['s3://bucket', '/mnt/efs/a', true],
])('%s and %s: %s', (place, uri, expected) => {
  expect(permits(place, uri)).toBe(expected);
});

test('no place is permitted by an empty list', () => {
  expect(permitsPlace([], parseLocation('s3://own/a'), BUCKETS)).toBe(false);
});

test('where the names of the buckets are not known, every bucket may be one of them', () => {
  const unknown = { buckets: ['*'] };
  expect(permitsPlace(['buckets/a'], parseLocation('s3://bucket/a/b'), unknown)).toBe(true);
  expect(permitsPlace(['buckets/a'], parseLocation('s3://bucket/b'), unknown)).toBe(false);
});

test.each([
  's3:/bucket',
  's3://Bucket',
  's3://my*',
  's3://*/x',
  's3://bucket/a*b',
  's3://bucket/a**',
  's3://bucket/a?',
  's3://bucket/${aws:username}',
  's3://bucket//a',
  's3://bucket/a/../b',
  's3://bucket/.',
  's3://arn:aws:s3:us-west-2:111122223333:accesspoint/x',
  's3://point-0123456789abcdef-s3alias/a',
  's3://data--usw2-az1--x-s3',
  'bucketsx',
  'bucket',
  'fs-1:/a',
  '',
])('%j is no place', (text) => {
  expect(parsePlace(text)).toBeUndefined();
});

const name = fc.stringMatching(/^[a-c0-9._-]{1,4}$/).filter((text) => text !== '.' && text !== '..');
const names = fc.array(name, { minLength: 1, maxLength: 4 });

test('a place permits its own folder and nothing beside it, whatever the names are', () => {
  fc.assert(
    fc.property(names, names, name, (folder, below, more) => {
      const place = `s3://bucket/${folder.join('/')}`;
      const at = (key: string) => permitsPlace([place], s3Location('bucket', key), BUCKETS);
      const key = folder.join('/');
      return (
        at(key) && at(`${key}/`) && at(`${key}/${below.join('/')}`) && !at(key + more) && !at(`z/${key}`)
      );
    }),
    runs(500),
  );
});

test('a place with "*" permits exactly the keys that begin with its text', () => {
  fc.assert(
    fc.property(names, names, (start, other) => {
      const [text, key] = [start.join('/'), other.join('/')];
      const at = (given: string) =>
        permitsPlace([`s3://bucket/${text}*`], s3Location('bucket', given), BUCKETS);
      return at(text + key) && at(key) === key.startsWith(text);
    }),
    runs(500),
  );
});

test('a key that climbs is in no folder, wherever it climbs', () => {
  fc.assert(
    fc.property(names, names, fc.constantFrom('.', '..'), fc.nat(), (folder, below, climb, at) => {
      const position = at % (below.length + 1);
      const key = [...folder, ...below.slice(0, position), climb, ...below.slice(position)].join('/');
      return !permitsPlace([`s3://bucket/${folder.join('/')}`], s3Location('bucket', key), BUCKETS);
    }),
    runs(500),
  );
});
