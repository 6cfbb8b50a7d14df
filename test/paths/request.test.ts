import type { PathListing } from '../../src/paths/entries';
import { getDataPathStats } from '../../src/steps/get-data-path-stats';
import { listDataPaths } from '../../src/steps/list-data-paths';
import { putJsonToFile } from '../../src/steps/put-json-to-file';
import { scanOutdatedDataPaths } from '../../src/steps/scan-outdated-data-paths';
import { stepWorld } from '../steps/worlds';

/** Nothing is looked at before a request is sound. */
const untouched: PathListing = {
  list: () => {
    throw new Error('listed');
  },
};
const world = { ...stepWorld(), paths: untouched };

async function pointersOf(refused: Promise<unknown>): Promise<string[]> {
  const error = await refused.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ name: 'DemandValidationError' });
  return error.problems.map(({ pointer }: { pointer: string }) => pointer);
}

test('every mistake of a scan is told at once', async () => {
  const event = {
    path: 'relative',
    days_since_last_accessed: -1,
    max_depth: 0.5,
    minDepth: -1,
    min_size_bytes_allowed: 'much',
    current_time: 'soon',
  };
  expect(await pointersOf(scanOutdatedDataPaths(event, world))).toEqual([
    '/path',
    '/days_since_last_accessed',
    '/max_depth',
    '/min_depth',
    '/min_size_bytes_allowed',
    '/current_time',
  ]);
});

test('every mistake of a list is told at once, each bad pattern among them', async () => {
  const event = { path: 5, include: ['ok', '(', '*'], exclude: '[' };
  expect(await pointersOf(listDataPaths(event, world))).toEqual([
    '/path',
    '/include/1',
    '/include/2',
    '/exclude',
  ]);
});

test('every mistake of a document is told at once, each lost number among them', async () => {
  const event = { path: 'relative', content: [1, { big: 2 ** 60 }] };
  expect(await pointersOf(putJsonToFile(event, world))).toEqual(['/path', '/content/1/big']);
  expect(await pointersOf(putJsonToFile({}, world))).toEqual(['/content']);
});

test('a path is missing', async () => {
  expect(await pointersOf(getDataPathStats({}, world))).toEqual(['/path']);
});
