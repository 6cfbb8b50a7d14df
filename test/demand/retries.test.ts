import { jobRetrySchema, jobTimeoutSchema } from '../../src/demand/retries';
import { tryModel } from '../../src/wire/schema';

const problemsOf = (given: unknown) => tryModel(jobRetrySchema, given).problems.map(({ pointer }) => pointer);

test('retries without a field change nothing', () => {
  expect(tryModel(jobRetrySchema, {}).output).toEqual({ rules: [] });
});

test.each([
  [{ memory_factor: 1 }, '/memory_factor'],
  [{ memory_factor: 11 }, '/memory_factor'],
  [{ memory_factor: '2' }, '/memory_factor'],
  [{ memory_factor: Number.NaN }, '/memory_factor'],
  [{ max_memory: 0 }, '/max_memory'],
  [{ max_memory: 1.5 }, '/max_memory'],
  [{ rules: [{}] }, '/rules/0/action'],
  [{ rules: [{ action: 'retry' }] }, '/rules/0/action'],
  [{ rules: [{ action: 'RETRY', on_reason: '' }] }, '/rules/0/on_reason'],
  [{ rules: [{ action: 'RETRY', on_reason: 'x'.repeat(513) }] }, '/rules/0/on_reason'],
  [{ rules: [{ action: 'RETRY', retries: 0 }] }, '/rules/0/retries'],
  [{ rules: [{ action: 'RETRY', retries: 51 }] }, '/rules/0/retries'],
  [{ rules: [{ action: 'RETRY', wait_seconds: 3_601 }] }, '/rules/0/wait_seconds'],
  [{ rules: Array(21).fill({ action: 'EXIT' }) }, '/rules'],
])('%j is refused at %s', (given, pointer) => {
  expect(problemsOf(given)).toEqual([pointer]);
});

test('a time-out has at least the 60 seconds of Batch', () => {
  expect(tryModel(jobTimeoutSchema, { attempt_duration_seconds: 60 }).problems).toEqual([]);
  expect(tryModel(jobTimeoutSchema, { attempt_duration_seconds: 59 }).problems).toHaveLength(1);
  expect(tryModel(jobTimeoutSchema, {}).problems).toHaveLength(1);
});
