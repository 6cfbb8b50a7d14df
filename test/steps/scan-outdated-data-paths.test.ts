import { scanOutdatedDataPaths } from '../../src/steps/scan-outdated-data-paths';
import { file, unreadable, worldOf } from '../paths/listings';

const DAY_MS = 24 * 60 * 60 * 1_000;
const NOW = 100 * DAY_MS;
const daysAgo = (days: number) => (NOW - days * DAY_MS) * 1_000;
const entries = [file('old', 1, daysAgo(3)), file('new', 1, daysAgo(1))];
const world = (listed = entries) => ({ ...worldOf(listed), clock: { now: () => NOW } });
const scan = (fields: object, listed = entries) =>
  scanOutdatedDataPaths({ path: '/data', days_since_last_accessed: 2, ...fields }, world(listed));

test('the paths without a change for the given days are outdated', async () => {
  expect(await scan({})).toEqual({ paths: ['/data/old'] });
});

test('a part of a day counts', async () => {
  expect(await scan({ days_since_last_accessed: 2.9 })).toEqual({ paths: ['/data/old'] });
  expect(await scan({ days_since_last_accessed: 3.1 })).toEqual({ paths: [] });
});

test('the time of the request replaces the clock', async () => {
  expect(await scan({ current_time: '1970-04-13T00:00:00Z' })).toEqual({ paths: ['/data/'] });
});

test('an unreadable path is named', async () => {
  expect(await scan({}, [unreadable('locked/'), ...entries])).toMatchObject({
    unreadable_paths: ['/data/locked/'],
  });
});
