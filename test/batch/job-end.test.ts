import { explainJobEnd, tellingReasons } from '../../src/batch/job-end';

const EXITED = 'Essential container in task exited';

test.each([
  [
    'a code of the table, without the reason of every ended job',
    { exitCode: 127, reasons: [EXITED] },
    "the job ended with exit code 127: a program was not found. Install it where the job runs, or correct its name in the demand's command",
  ],
  [
    'a reason of AWS, which is quoted',
    { exitCode: 137, reasons: ['OutOfMemoryError: Container killed due to memory usage', EXITED] },
    "the job ended with exit code 137 (OutOfMemoryError: Container killed due to memory usage): it needed more memory than its container has. Raise memory in the demand's resource_requirements, or let the job run again with more (retry.memory_factor in its execution_platform.aws_batch)",
  ],
  [
    'a job without an exit code',
    { reasons: ['DockerTimeoutError: slow', 'Task failed to start'] },
    'the job did not run to its end (DockerTimeoutError: slow; Task failed to start): the container agent of the host answered too late. Submit the demand again. If this repeats, give the hosts faster disks, or start fewer jobs at once on one host',
  ],
  [
    'a code of the program',
    { exitCode: 3, reasons: [EXITED] },
    'the job ended with exit code 3: a program ended with a code of its own. Read its last lines in the log of the job',
  ],
  [
    'a signal without a row in the table',
    { exitCode: 152 },
    'the job ended with exit code 152: signal 24 ended it. Read its last lines in the log of the job',
  ],
  [
    'a code above all signals',
    { exitCode: 255 },
    'the job ended with exit code 255: a program ended with a code of its own. Read its last lines in the log of the job',
  ],
  [
    'a stopped job with exit code 0',
    { exitCode: 0, reasons: ['cancelled by ada'] },
    'the job ended with exit code 0 (cancelled by ada)',
  ],
  [
    'a reason in free words',
    { reasons: ['cancelled by ada'] },
    'the job did not run to its end (cancelled by ada)',
  ],
  [
    'an end without a code and a reason',
    {},
    'the job did not run to its end: no reason is known. Submit the demand again',
  ],
])('the message for %s', (_, end, message) => {
  expect(explainJobEnd(end)).toBe(message);
});

test('a reason that the container and the job share is in the message once', () => {
  expect(tellingReasons(['same', 'same', EXITED])).toEqual(['same']);
});
