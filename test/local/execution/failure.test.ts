/** Causes of failures, in words. */
import fc from 'fast-check';
import { explainFailure } from '../../../local/execution/failure';

const told = (error: string, cause: unknown, lines: readonly string[] = []) =>
  explainFailure({ error, cause: typeof cause === 'string' ? cause : JSON.stringify(cause) }, lines);

const job = (container: object, more: object = {}) => ({ JobId: 'j', Container: container, ...more });

test('a function is told by its message', () => {
  expect(told('UnsafePath', { errorType: 'UnsafePath', errorMessage: 'a/../b', trace: [] })).toEqual({
    error: 'UnsafePath',
    message: 'a/../b',
  });
});

test('a job by its exit code, its last lines, and the reason if it says more than that it ended', () => {
  const ended = job({ ExitCode: 3 }, { StatusReason: 'Essential container in task exited' });
  expect(told('States.TaskFailed', ended, ['last'])).toEqual({
    error: 'States.TaskFailed',
    message: 'the job ended with exit code 3',
    exitCode: 3,
    lastLines: ['last'],
  });
  const lost = job({}, { StatusReason: 'Host EC2 (instance i-1) terminated.' });
  expect(told('States.TaskFailed', lost).message).toBe(
    'the job could not be started (Host EC2 (instance i-1) terminated.)',
  );
  const killed = job({ ExitCode: 137, Reason: 'OutOfMemoryError: killed' }, { StatusReason: 'x' });
  expect(told('States.TaskFailed', killed).message).toContain('exit code 137 (OutOfMemoryError: killed)');
});

test('executions in executions are unwrapped to the innermost, however deep', () => {
  fc.assert(
    fc.property(fc.nat(6), (depth) => {
      let cause = JSON.stringify({ errorMessage: 'innermost' });
      for (let level = 0; level < depth; level += 1)
        cause = JSON.stringify({ Error: `E${level}`, Cause: cause, Status: 'FAILED' });
      const error = depth === 0 ? 'outer' : 'E0';
      expect(told('outer', cause)).toEqual({ error, message: 'innermost' });
    }),
  );
});

test('any other cause is told as it is', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc
          .jsonValue()
          .filter((value) => value === null || typeof value !== 'object')
          .map((value) => JSON.stringify(value)),
      ),
      (cause) => {
        expect(told('E', cause)).toEqual({ error: 'E', message: cause });
      },
    ),
  );
});
