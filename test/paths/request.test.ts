import type { PathListing } from '../../src/paths/entries';
import { getDataPathStats } from '../../src/steps/get-data-path-stats';
import { listDataPaths } from '../../src/steps/list-data-paths';
import { putJsonToFile } from '../../src/steps/put-json-to-file';
import { scanOutdatedDataPaths } from '../../src/steps/scan-outdated-data-paths';
import { stepWorld } from '../steps/worlds';

/** No path is read before the request is valid. */
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

test('a scan is refused with all mistakes at once', async () => {
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

test('a number of days of 200,000 digits is refused at once', async () => {
  const began = performance.now();
  const event = { path: '/mnt/scratch', days_since_last_accessed: `${'1'.repeat(200_000)}x` };
  expect(await pointersOf(scanOutdatedDataPaths(event, world))).toEqual(['/days_since_last_accessed']);
  expect(performance.now() - began).toBeLessThan(2_000);
});

test('a list is refused with all mistakes at once, also each invalid pattern', async () => {
  const event = { path: 5, include: ['ok', '(', '*'], exclude: '[' };
  expect(await pointersOf(listDataPaths(event, world))).toEqual([
    '/path',
    '/include/1',
    '/include/2',
    '/exclude',
  ]);
});

test('a document is refused with all mistakes at once, also each number that lost digits', async () => {
  const event = { path: 'relative', content: [1, { big: 2 ** 60 }] };
  expect(await pointersOf(putJsonToFile(event, world))).toEqual(['/path', '/content/1/big']);
  expect(await pointersOf(putJsonToFile({}, world))).toEqual(['/content']);
});

test('stats without a path are refused', async () => {
  expect(await pointersOf(getDataPathStats({}, world))).toEqual(['/path']);
});
