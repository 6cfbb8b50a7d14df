import fc from 'fast-check';
import { type PathEntry, treeRootOf } from '../../src/paths/entries';
import { listPaths } from '../../src/paths/list';
import { compileFilters, type Filters } from '../../src/transfer/filters';
import { parseLocation } from '../../src/transfer/location';
import { runs } from '../demand/arbitraries';
import { emptyFolder, file, unreadable, worldOf } from './listings';

async function list(path: string, entries: readonly PathEntry[], filters: Filters = {}) {
  const compiled = compileFilters(filters, 'beginning');
  return listPaths(treeRootOf(parseLocation(path)), compiled, worldOf(entries));
}

test('the list has the root, the files, and the folders above the files', async () => {
  const { paths } = await list('/data', [file('b'), file('a/c/1'), file('a/c/2')]);
  expect(paths).toEqual(['/data/', '/data/a/', '/data/a/c/', '/data/a/c/1', '/data/a/c/2', '/data/b']);
});

test('the list has no empty folders and no unreadable entries', async () => {
  expect(await list('/data', [emptyFolder('empty/'), unreadable('locked/'), file('a')])).toEqual({
    paths: ['/data/', '/data/a'],
    unreadable: ['locked/'],
  });
});

test.each(['/data/absent', 's3://bucket/absent', 'fs-1:/absent'])(
  'the list of %s without entries has the root alone',
  async (path) => {
    expect(await list(path, [])).toEqual({ paths: [path.replace('s3://bucket/', '')], unreadable: [] });
  },
);

test('in S3 one path can be a file and a folder: the folder is in the list', async () => {
  const { paths } = await list('s3://bucket/in/', [file('a'), file('a/b'), file('marker/')]);
  expect(paths).toEqual(['in/', 'in/a/', 'in/a/b', 'in/marker']);
});

test('empty names of a key are left out', async () => {
  const { paths } = await list('s3://bucket/in/', [file('a//b')]);
  expect(paths).toEqual(['in/', 'in/a/', 'in/a/b']);
});

test('the order is that of code points, not of UTF-16 units', async () => {
  const { paths } = await list('/d', [file('\u{1F600}'), file('\uffff'), file('a')]);
  expect(paths).toEqual(['/d/', '/d/a', '/d/\uffff', '/d/\u{1F600}']);
});

describe('a filter matches the beginning', () => {
  const entries = [file('a/1.csv'), file('b')];

  test.each<[string, string, Filters, string[]]>([
    ['of a relative path below a local folder', '/data', { include: 'a' }, ['/data/a/', '/data/a/1.csv']],
    ['not of a local path', '/data', { include: '/data/a' }, []],
    ['and not the end', '/data', { exclude: '\\.$' }, ['/data/a/', '/data/a/1.csv', '/data/b']],
    ['of a key', 's3://bucket/in/', { include: 'in/b' }, ['in/b']],
    ['not of a key without its prefix', 's3://bucket/in/', { include: 'b' }, []],
    ['of an EFS path', 'fs-1:/data', { include: 'fs-1:/data/b' }, ['fs-1:/data/b']],
    ['not of a relative path below an EFS folder', 'fs-1:/data', { include: 'b' }, []],
  ])('%s', async (_, path, filters, paths) => {
    expect((await list(path, entries, filters)).paths).toEqual(paths);
  });
});

test('every path of the list has its parent folder in the list', async () => {
  const key = fc
    .array(fc.constantFrom('p', 'q', 'r'), { minLength: 1, maxLength: 4 })
    .map((names) => names.join('/'));
  const property = fc.asyncProperty(fc.uniqueArray(key, { maxLength: 8 }), async (keys) => {
    const { paths } = await list(
      's3://bucket/top/',
      keys.map((each) => file(each)),
    );
    const parents = paths.filter((path) => path !== 'top/').map((path) => path.replace(/[^/]+\/?$/, ''));
    expect(paths).toEqual(expect.arrayContaining(parents));
    expect(new Set(paths).size).toBe(paths.length);
    for (const each of keys) expect(paths.map((path) => path.replace(/\/$/, ''))).toContain(`top/${each}`);
  });
  await fc.assert(property, runs(300));
});
