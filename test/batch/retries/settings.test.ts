import { DEFAULT_RULES } from '../../../src/batch/retries/rules';
import {
  DEFAULT_JOB_SETTINGS,
  MOST_JOB_SECONDS,
  memorySettingsOf,
  readJobSettings,
  rulesOf,
  runJobSeconds,
} from '../../../src/batch/retries/settings';
import { MACHINE_SECONDS } from '../../../src/machines/timeouts';

const OWN = { action: 'RETRY', onExitCode: '75' } as const;
const STAGE = { ...DEFAULT_JOB_SETTINGS, retryRules: [{ action: 'EXIT' } as const] };

test('the rules of the demand come first, and the default rules last', () => {
  expect(rulesOf({ rules: [OWN] }, STAGE)).toEqual([OWN, { action: 'EXIT' }, ...DEFAULT_RULES]);
  expect(rulesOf(undefined, DEFAULT_JOB_SETTINGS)).toEqual(DEFAULT_RULES);
});

test('more memory is for stages and demands that ask for it', () => {
  expect(memorySettingsOf(undefined, DEFAULT_JOB_SETTINGS)).toEqual({});
  const stage = { ...STAGE, memoryFactor: 2, maxMemory: 4_096 };
  expect(memorySettingsOf({ rules: [] }, stage)).toEqual({ memoryFactor: 2, maxMemory: 4_096 });
  expect(memorySettingsOf({ rules: [], memoryFactor: 3 }, stage)).toEqual({
    memoryFactor: 3,
    maxMemory: 4_096,
  });
});

test('the state has the time of all attempts and of the queue, and less time than the execution', () => {
  expect(runJobSeconds(60, 5, { queueSeconds: 100 })).toBe(400);
  expect(runJobSeconds(60, 0, { queueSeconds: 100 })).toBe(160);
  expect(runJobSeconds(60, 1_000, { queueSeconds: 0 })).toBe(600);
  expect(runJobSeconds(10_000_000, 5, { queueSeconds: 100 })).toBe(MOST_JOB_SECONDS);
  expect(MOST_JOB_SECONDS).toBeLessThan(MACHINE_SECONDS['demand-execution']);
});

test('the settings of a stage are read from JSON, and a stage without settings has the default ones', () => {
  expect(readJobSettings(undefined)).toBe(DEFAULT_JOB_SETTINGS);
  const json = JSON.stringify({
    retry_rules: [{ action: 'RETRY', on_exit_code: '75' }],
    memory_factor: 2,
    attempt_duration_seconds: 3_600,
    queue_seconds: 0,
    tell_runnable_seconds: 60,
  });
  expect(readJobSettings(json)).toEqual({
    retryRules: [{ action: 'RETRY', onExitCode: '75' }],
    memoryFactor: 2,
    attemptDurationSeconds: 3_600,
    queueSeconds: 0,
    tellRunnableSeconds: 60,
  });
  expect(() => readJobSettings('{}')).toThrow('attempt_duration_seconds');
});
