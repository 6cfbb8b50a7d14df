import { explainFailure } from '../../src/events/failure';

const job = {
  JobId: 'job-1',
  JobName: 'dev-test',
  Status: 'FAILED',
  StatusReason: 'Essential container in task exited',
  Container: { ExitCode: 3, LogStreamName: 'dev-test/default/abc' },
};
const lambda = { errorType: 'DataSourceMissing', errorMessage: 'there is nothing', trace: ['at x'] };
const child = {
  ExecutionArn: 'arn:child',
  Status: 'FAILED',
  Error: 'DataSourceMissing',
  Cause: JSON.stringify(lambda),
};

test.each([
  ['a function', 'DataSourceMissing', lambda, { error: 'DataSourceMissing', message: 'there is nothing' }],
  [
    'a job',
    'States.TaskFailed',
    job,
    {
      error: 'States.TaskFailed',
      message: 'the job ended with exit code 3 (Essential container in task exited)',
      exit_code: 3,
      job_id: 'job-1',
      log_stream: 'dev-test/default/abc',
    },
  ],
  [
    'a job that never ran',
    'States.TaskFailed',
    { ...job, Container: { Reason: 'CannotPullContainerError' }, StatusReason: 'Task failed to start' },
    {
      error: 'States.TaskFailed',
      message: 'the job could not be run (CannotPullContainerError; Task failed to start)',
      job_id: 'job-1',
    },
  ],
  [
    'a nested execution',
    'States.TaskFailed',
    child,
    { error: 'DataSourceMissing', message: 'there is nothing', execution_arn: 'arn:child' },
  ],
  [
    'an execution in a nested one: the innermost is told',
    'States.TaskFailed',
    { ...child, ExecutionArn: 'arn:outer', Error: 'States.TaskFailed', Cause: JSON.stringify(child) },
    { error: 'DataSourceMissing', message: 'there is nothing', execution_arn: 'arn:child' },
  ],
])('%s', (_, error, cause, told) => {
  expect(explainFailure(error, JSON.stringify(cause))).toEqual(told);
});

test.each([
  ['States.DataLimitExceeded', 'the state is too large', 'the state is too large'],
  ['States.Timeout', undefined, 'no cause was given'],
  ['Any', '"a text"', '"a text"'],
  ['Any', '{"half', '{"half'],
  ['Any', '{}', '{}'],
])('%s with %j for a cause', (error, cause, message) => {
  expect(explainFailure(error, cause)).toEqual({ error, message });
});

test('causes in causes end somewhere', () => {
  const nest = (depth: number): string =>
    depth === 0 ? 'end' : JSON.stringify({ ExecutionArn: 'arn', Error: 'E', Cause: nest(depth - 1) });
  expect(explainFailure('E', nest(8)).message).toContain('ExecutionArn');
});

test('a long message is cut', () => {
  expect(explainFailure('E', 'x'.repeat(32_768)).message).toHaveLength(8_004);
});
