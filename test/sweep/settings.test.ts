import { REDRIVE_DAYS } from '../../src/aws-limits';
import { MACHINE_SECONDS } from '../../src/machines/timeouts';
import { DEFAULT_SWEEP } from '../../src/sweep/defaults';
import { sweepRequestSchema } from '../../src/sweep/request';
import { DAY_MS, LONGEST_EXECUTION_MS, rulesOf } from '../../src/sweep/settings';
import { readModel } from '../../src/wire/schema';

const request = (more: object = {}) =>
  readModel(sweepRequestSchema, {
    volumes: [{ role: 'tmp', path: '/tmp', days_since_last_accessed: 1.5, min_size_bytes_allowed: 7 }],
    ...more,
  });
const rules = (more?: object) => {
  const read = request(more);
  const [volume] = read.volumes;
  if (volume === undefined) throw new Error('no volume');
  return rulesOf(volume, read);
};

test('each kind has the age that the request gives it', () => {
  expect(rules({ kept_days: 2 })).toEqual({
    ages: {
      working_directory: 1.5 * DAY_MS,
      shared_input: 1.5 * DAY_MS,
      temporary: 1.5 * DAY_MS,
      kept_directory: 2 * DAY_MS,
      partial: DAY_MS,
      assembly: 15 * DAY_MS,
      removing: DAY_MS / 24,
    },
    minSizeBytesAllowed: 7,
  });
  expect(rules({ unowned: true }).ages.unowned).toBe(1.5 * DAY_MS);
});

test('no default age is within the days of a redrive', () => {
  const { daysSinceLastAccessed, keptDays, uploadDays } = DEFAULT_SWEEP;
  for (const days of [...Object.values(daysSinceLastAccessed), keptDays, uploadDays])
    expect(days).toBeGreaterThan(REDRIVE_DAYS);
  expect(LONGEST_EXECUTION_MS).toBeGreaterThan(MACHINE_SECONDS['demand-execution'] * 1_000);
});

test.each(['scratch', '/a/../b', '/..', 'fs-1:/scratch'])('%s is no path of a volume', (path) => {
  const volumes = [{ role: 'tmp', path, days_since_last_accessed: 1 }];
  expect(() => request({ volumes })).toThrow('/volumes/0/path');
});
