import { getDataPathStats } from '../../src/steps/get-data-path-stats';
import { file, unreadable, worldOf } from '../paths/listings';

const entries = [file('a/1', 10, 1_000_000), file('a/2', 5, 2_000_000)];

test('sizes are in bytes, and times are in the form of the original', async () => {
  expect(await getDataPathStats({ path: 's3://bucket/in' }, worldOf(entries))).toEqual({
    path: 'in',
    path_stats: { size_bytes: 15, object_count: 2, last_modified: '1970-01-01T00:00:02Z' },
    children: { a: { size_bytes: 15, object_count: 2, last_modified: '1970-01-01T00:00:02Z' } },
  });
});

test('a missing path has the size 0 and the time 1970-01-01', async () => {
  expect(await getDataPathStats({ path: '/data/x' }, worldOf([]))).toEqual({
    path: '/data/x',
    path_stats: { size_bytes: 0, object_count: 0, last_modified: '1970-01-01T00:00:00Z' },
    children: {},
  });
});

test.each([
  ['a prefix of S3 without its slash', 's3://bucket/in/', 'in'],
  ['a local path in the form of Python', '/data//x/./', '/data/x'],
  ['an EFS location with a slash when it has children', 'fs-1:/data', 'fs-1:/data/'],
])('the path is %s', async (_, path, expected) => {
  expect(await getDataPathStats({ path }, worldOf(entries))).toMatchObject({ path: expected });
});

test('an unreadable path is named', async () => {
  expect(
    await getDataPathStats({ path: '/data' }, worldOf([unreadable('locked/'), ...entries])),
  ).toMatchObject({
    unreadable_paths: ['/data/locked/'],
  });
});
