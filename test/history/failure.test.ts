import fc from 'fast-check';
import { eventFailure } from '../../src/events/failure';
import { notification } from '../../src/events/notification';
import { explainEnd, explainFailure } from '../../src/history/failure';

const told = (error: string, cause: unknown, lines: readonly string[] = []) =>
  explainFailure({ error, cause: typeof cause === 'string' ? cause : JSON.stringify(cause) }, lines);

const job = (container: object, more: object = {}) => ({
  JobId: 'job-1',
  JobName: 'dev-test',
  Status: 'FAILED',
  StatusReason: 'Essential container in task exited',
  Container: container,
  ...more,
});
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
    'a function, without an error of its state',
    '',
    lambda,
    { error: 'DataSourceMissing', message: 'there is nothing' },
  ],
  [
    'a job',
    'States.TaskFailed',
    job({ ExitCode: 1, LogStreamName: 'dev-test/default/abc' }),
    {
      error: 'States.TaskFailed',
      message: 'the job ended with exit code 1: a program failed. Read its last lines in the log of the job',
      exitCode: 1,
      jobId: 'job-1',
      logStream: 'dev-test/default/abc',
    },
  ],
  [
    'a job that did not start',
    '',
    job({ Reason: 'CannotPullContainerError: manifest unknown' }, { StatusReason: 'Task failed to start' }),
    {
      error: 'States.TaskFailed',
      message:
        "the job did not run to its end (CannotPullContainerError: manifest unknown; Task failed to start): the registry has no such image. Check the name and the tag of the demand's execution_image",
      jobId: 'job-1',
    },
  ],
  [
    'a job that its user stopped',
    'DemandCancelled',
    job({ ExitCode: 143 }, { StatusReason: 'cancelled by SIGINT' }),
    {
      error: 'DemandCancelled',
      message: 'the job was stopped: cancelled by SIGINT',
      exitCode: 143,
      jobId: 'job-1',
    },
  ],
  [
    'a nested execution',
    'States.TaskFailed',
    child,
    { error: 'DataSourceMissing', message: 'there is nothing', executionArn: 'arn:child' },
  ],
  [
    'a function that was killed',
    'Runtime.ExitError',
    {
      errorType: 'Runtime.ExitError',
      errorMessage: 'RequestId: 1 Error: Runtime exited with error: signal: killed',
    },
    {
      error: 'Runtime.ExitError',
      message: expect.stringMatching(/memory ran out.*memorySize.*signal: killed\)$/),
    },
  ],
  [
    'a function that was killed, whose answer has no type of error',
    'Lambda.Unknown',
    'The cause could not be determined because Lambda did not return an error type. Returned payload: {"errorMessage":"RequestId: 1 Error: Runtime exited with error: signal: killed"}',
    { error: 'Lambda.Unknown', message: expect.stringContaining('because its memory ran out') },
  ],
  [
    'a function that ended by itself',
    'Runtime.ExitError',
    {
      errorType: 'Runtime.ExitError',
      errorMessage: 'RequestId: 1 Error: Runtime exited with error: exit status 1',
    },
    { error: 'Runtime.ExitError', message: 'RequestId: 1 Error: Runtime exited with error: exit status 1' },
  ],
  ['a cause without an error', '', 'in words', { error: 'States.TaskFailed', message: 'in words' }],
  ['an error without a cause', 'Any', '', { error: 'Any', message: 'no cause was given' }],
  [
    'the time-out of a task',
    'States.Timeout',
    '',
    {
      error: 'States.Timeout',
      message: expect.stringContaining('the job may have waited too long in its queue'),
    },
  ],
])('%s', (_, error, cause, failure) => {
  expect(told(error, cause)).toEqual(failure);
});

test('the failure of a job has the last lines of the log, and the cause that they name', () => {
  const lines = ["ModuleNotFoundError: No module named 'pandas'"];
  expect(told('States.TaskFailed', job({ ExitCode: 1 }), lines)).toMatchObject({
    message: 'the job ended with exit code 1: a Python module is missing. Install it in the image',
    lastLines: lines,
  });
  expect(told('DataSourceMissing', lambda, lines)).not.toHaveProperty('lastLines');
});

test('the failure of nested executions is the failure of the innermost execution, at any depth', () => {
  fc.assert(
    fc.property(fc.nat(6), (depth) => {
      let cause = JSON.stringify({ errorMessage: 'innermost' });
      for (let level = 0; level < depth; level += 1)
        cause = JSON.stringify({ ExecutionArn: `arn:${level}`, Error: `E${level}`, Cause: cause });
      expect(told('outer', cause)).toEqual({
        error: depth === 0 ? 'outer' : 'E0',
        message: 'innermost',
        ...(depth > 0 && { executionArn: 'arn:0' }),
      });
    }),
  );
});

test('any other cause becomes the message without a change', () => {
  const texts = fc.string({ minLength: 1 });
  const values = fc.jsonValue().filter((value) => value === null || typeof value !== 'object');
  fc.assert(
    fc.property(
      fc.oneof(
        texts,
        values.map((value) => JSON.stringify(value)),
      ),
      (cause) => {
        expect(told('E', cause)).toEqual({ error: 'E', message: cause });
      },
    ),
  );
});

test.each([
  ['FAILED', 'without an error', {}, { error: 'States.TaskFailed', message: 'no cause was given' }],
  ['FAILED', 'with an error', { error: 'E', cause: 'c' }, { error: 'E', message: 'c' }],
  [
    'TIMED_OUT',
    'without an error',
    {},
    { error: 'States.Timeout', message: 'the execution ran for longer than its machine allows' },
  ],
  [
    'ABORTED',
    'without an error',
    {},
    { error: 'DemandCancelled', message: 'somebody stopped the execution' },
  ],
  ['ABORTED', 'with an error', { error: 'mine', cause: 'enough' }, { error: 'mine', message: 'enough' }],
] as const)('an execution that is %s %s has an error and a message', (status, _, given, failure) => {
  expect(explainEnd({ status, ...given })).toEqual(failure);
});

test('the terminal, the status event and the notification have the same message for exit code 127', () => {
  const cause = JSON.stringify(job({ ExitCode: 127 }));
  const local = explainFailure({ error: 'States.TaskFailed', cause });
  const aws = explainEnd({ status: 'FAILED', error: 'States.TaskFailed', cause });
  expect(local.message).toBe(
    "the job ended with exit code 127: a program was not found. Install it where the job runs, or correct its name in the demand's command",
  );
  expect(aws).toEqual(local);
  const failure = eventFailure(aws);
  expect(failure.message).toBe(local.message);
  const event = { version: 1, id: 'id', status: 'FAILED', sequence: 1, changed_at: 'now', failure } as const;
  expect(notification(event).text).toContain(local.message);
});
