import { DEFAULT_JOB_SETTINGS } from '../../src/batch/retries/settings';
import { jobSettingsWithin } from '../../src/rules/jobs';
import { UNRESTRICTED } from '../../src/rules/model';

test('without maxima the settings of the stage stay', () => {
  expect(jobSettingsWithin(DEFAULT_JOB_SETTINGS, UNRESTRICTED)).toEqual(DEFAULT_JOB_SETTINGS);
});

test('the default time-out is never longer than the one that a demand may ask for', () => {
  const secondsWithin = (maxAttemptDurationSeconds: number) =>
    jobSettingsWithin(
      { ...DEFAULT_JOB_SETTINGS, attemptDurationSeconds: 600 },
      { ...UNRESTRICTED, maxAttemptDurationSeconds },
    ).attemptDurationSeconds;
  expect([60, 600, 6_000].map(secondsWithin)).toEqual([60, 600, 600]);
});

test('no retry gets more memory than a demand may ask for', () => {
  const { mostMemory } = jobSettingsWithin(DEFAULT_JOB_SETTINGS, { ...UNRESTRICTED, maxMemoryMib: 4096 });
  expect(mostMemory).toBe(4096);
});
