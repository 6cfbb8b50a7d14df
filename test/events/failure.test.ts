import { eventFailure } from '../../src/events/failure';

test('the failure of an event is in snake_case, without the lines of the log', () => {
  const failure = {
    error: 'States.TaskFailed',
    message: 'the job ended',
    exitCode: 0,
    jobId: 'job-1',
    logStream: 'dev-test/default/abc',
    lastLines: ['secret'],
    executionArn: 'arn:child',
  };
  expect(eventFailure(failure)).toEqual({
    error: 'States.TaskFailed',
    message: 'the job ended',
    exit_code: 0,
    job_id: 'job-1',
    log_stream: 'dev-test/default/abc',
    execution_arn: 'arn:child',
  });
});

test('absent fields of the failure are absent in the event', () => {
  expect(eventFailure({ error: 'E', message: 'm' })).toEqual({ error: 'E', message: 'm' });
});

test('a message of more than 8,000 characters is cut', () => {
  expect(eventFailure({ error: 'E', message: 'x'.repeat(8_000) }).message).toHaveLength(8_000);
  expect(eventFailure({ error: 'E', message: 'x'.repeat(32_768) }).message).toBe(`${'x'.repeat(8_000)} ...`);
});
