import { listDataPaths } from '../../src/steps/list-data-paths';
import { file, unreadable, worldOf } from '../paths/listings';

const entries = [file('a/1.csv'), file('a/2.txt'), file('b')];

test('the list has the path itself, its folders and its files', async () => {
  expect(await listDataPaths({ path: '/data' }, worldOf(entries))).toEqual({
    paths: ['/data/', '/data/a/', '/data/a/1.csv', '/data/a/2.txt', '/data/b'],
  });
});

test('filters match the beginning of a path', async () => {
  const event = { path: '/data', include: ['a'], exclude: 'a/2' };
  expect(await listDataPaths(event, worldOf(entries))).toEqual({ paths: ['/data/a/', '/data/a/1.csv'] });
});

test('an unreadable path is named', async () => {
  expect(await listDataPaths({ path: '/data' }, worldOf([unreadable('locked/'), file('b')]))).toEqual({
    paths: ['/data/', '/data/b'],
    unreadable_paths: ['/data/locked/'],
  });
});
