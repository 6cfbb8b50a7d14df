import fc from 'fast-check';
import type { PathEntry, PathListing } from '../../src/paths/entries';
import { UNRESTRICTED } from '../../src/rules/model';
import { getDataPathStats } from '../../src/steps/get-data-path-stats';
import { listDataPaths } from '../../src/steps/list-data-paths';
import { scanOutdatedDataPaths } from '../../src/steps/scan-outdated-data-paths';
import { runs } from '../demand/arbitraries';

const DAY = 86_400_000_000;
const NOW = 1_000 * DAY;
const signal = new AbortController().signal;

const file = (key: string, daysOld: number, size = 1): PathEntry => ({
  key,
  size,
  modified: NOW - daysOld * DAY,
});

function listing(entries: readonly PathEntry[]): PathListing {
  return {
    async *list() {
      yield* entries;
    },
  };
}

const around = (entries: readonly PathEntry[]) => ({
  paths: listing(entries),
  signal,
  settings: { rules: UNRESTRICTED },
});

function scan(entries: readonly PathEntry[], request: object = {}) {
  const event = { path: '/data', days_since_last_accessed: 10, ...request };
  return scanOutdatedDataPaths(event, { ...around(entries), clock: { now: () => NOW / 1_000 } });
}

test('a folder with only old files is one result', async () => {
  const entries = [file('a/1', 11), file('a/b/2', 12), file('c/3', 13), file('c/4', 1), file('d', 10)];
  expect(await scan(entries)).toEqual({ paths: ['/data/a/', '/data/c/3'] });
});

test('the oldest files are results first, until at most the wanted bytes stay', async () => {
  const entries = [file('old', 30, 10), file('older', 40, 10), file('oldest', 50, 10), file('new', 1, 10)];
  expect(await scan(entries, { min_size_bytes_allowed: 25 })).toEqual({
    paths: ['/data/older', '/data/oldest'],
  });
});

describe('an entry that no path can name', () => {
  const unnamed = (key: string, unnamedAt: number, daysOld = 11): PathEntry => ({
    ...file(key, daysOld),
    unnamedAt,
  });

  test('is removed with a whole folder above it, and is told', async () => {
    const entries = [file('a/1', 11), unnamed('a/\\xff', 2), unnamed('a/b/\\xff/c/2', 4), file('new', 1)];
    expect(await scan(entries)).toEqual({
      paths: ['/data/a/'],
      unreadable_paths: ['/data/a/\\xff', '/data/a/b/\\xff/c/2'],
    });
  });

  test('is no result itself, nor is a folder with its name or below it', async () => {
    const entries = [
      file('a/1', 1),
      unnamed('a/\\xff', 2),
      unnamed('a/\\xfe/c/2', 2),
      unnamed('a/d/e/\\xff', 6),
    ];
    expect(await scan(entries)).toMatchObject({ paths: ['/data/a/d/'] });
  });

  test('keeps a folder that is recent because of it', async () => {
    const entries = [file('a/1', 11), unnamed('a/\\xff/2', 2, 1), file('b/3', 11)];
    expect(await scan(entries)).toMatchObject({ paths: ['/data/a/1', '/data/b/'] });
  });
});

describe('an unreadable entry', () => {
  const unreadable = (key: string): PathEntry => ({ key, size: 0, modified: 0, unreadable: 'no' });

  test.each([
    ['a folder', 'a/locked/'],
    ['a file', 'a/locked'],
  ])('that is %s is never outdated, nor are the folders above it', async (_, key) => {
    const entries = [file('a/1', 11), unreadable(key), file('a/b/2', 11), file('c/3', 11)];
    const answer = await scan(entries);
    expect(answer).toEqual({
      paths: ['/data/a/1', '/data/a/b/', '/data/c/'],
      unreadable_paths: [`/data/${key}`],
    });
  });

  test('that is the root has no outdated paths', async () => {
    expect(await scan([unreadable('/')])).toEqual({ paths: [], unreadable_paths: ['/data/'] });
  });

  test('is in the answers with sizes and lists, too', async () => {
    const world = around([file('a', 0, 5), unreadable('b/')]);
    expect(await getDataPathStats({ path: '/data' }, world)).toMatchObject({
      path_stats: { size_bytes: 5, object_count: 1 },
      unreadable_paths: ['/data/b/'],
    });
    expect(await listDataPaths({ path: '/data' }, world)).toEqual({
      paths: ['/data/', '/data/a'],
      unreadable_paths: ['/data/b/'],
    });
  });
});

test('a recent empty folder keeps the folder above it, and is never a result itself', async () => {
  const empty = (key: string, daysOld: number) => ({ ...file(key, daysOld, 0), isEmptyFolder: true });
  expect(await scan([file('a/1', 11), empty('a/run/', 1)])).toEqual({ paths: ['/data/a/1'] });
  expect(await scan([file('a/1', 11), empty('a/run/', 12), empty('b/', 12), file('c', 1)])).toEqual({
    paths: ['/data/a/'],
  });
});

/** The search of the original: through the whole tree in memory, from the root down. */
function outdatedOf(files: readonly PathEntry[], minDepth: number, maxDepth: number): string[] {
  const visit = (path: string, depth: number): string[] => {
    const below = files.filter(({ key }) => key.startsWith(path));
    const names = new Set(below.map(({ key }) => key.slice(path.length).split('/')[0] ?? ''));
    const children = () =>
      [...names].flatMap((name) => {
        const leaf = files.find(({ key }) => key === path + name);
        if (leaf === undefined) return visit(`${path}${name}/`, depth + 1);
        return leaf.modified < NOW - 10 * DAY ? [`/data/${leaf.key}`] : [];
      });
    const isOld = below.every(({ modified }) => modified < NOW - 10 * DAY);
    if (isOld && depth >= minDepth) return [`/data/${path}`];
    return isOld || depth < maxDepth ? children() : [];
  };
  return files.length === 0 ? [] : visit('', 0).sort();
}

test('the search in a stream has the results of a search through the whole tree', async () => {
  const key = fc.array(fc.constantFrom('p', 'q', 'r'), { minLength: 1, maxLength: 4 });
  const tree = fc
    .uniqueArray(fc.tuple(key, fc.integer({ min: 0, max: 20 })), {
      selector: ([names]) => names.join('/'),
      maxLength: 12,
    })
    .map((files) => files.map(([names, daysOld]) => file(`${names.join('/')}.txt`, daysOld)))
    .map((files) => files.sort((one, other) => (one.key < other.key ? -1 : 1)));
  const depth = fc.integer({ min: 0, max: 4 });
  const finds = fc.asyncProperty(tree, depth, depth, async (files, min_depth, max_depth) => {
    const { paths } = await scan(contiguous(files), { min_depth, max_depth });
    expect(paths).toEqual(outdatedOf(files, min_depth, max_depth));
  });
  await fc.assert(finds, runs(2_000));
});

/** Another valid order of a listing: files before folders. Only entries of one folder must be adjacent. */
function contiguous(files: readonly PathEntry[], depth = 0): PathEntry[] {
  const nameOf = ({ key }: PathEntry) => key.split('/')[depth] ?? '';
  const leaves = files.filter(({ key }) => key.split('/').length === depth + 1);
  const folders = new Set(files.filter((each) => !leaves.includes(each)).map(nameOf));
  const inFolder = (name: string) => files.filter((each) => !leaves.includes(each) && nameOf(each) === name);
  return [...leaves, ...[...folders].flatMap((name) => contiguous(inFolder(name), depth + 1))];
}
