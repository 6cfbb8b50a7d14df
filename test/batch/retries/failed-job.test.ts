import { CAUSE_CHARACTERS } from '../../../src/aws-limits';
import { readFailedJob, withEndedJobs } from '../../../src/batch/retries/failed-job';

const DETAIL = {
  Attempts: [
    { Container: { Reason: 'DockerTimeoutError: slow' }, StatusReason: 'Task failed to start' },
    {
      Container: { ExitCode: 137, Reason: 'OutOfMemoryError: Container killed due to memory usage' },
      StatusReason: 'Essential container in task exited',
    },
  ],
  Container: { Command: ['x'.repeat(100)], Environment: [{ Name: 'A', Value: '"Reason":"no"' }] },
  JobId: 'one',
  JobName: 'name',
  StatusReason: 'Essential container in task exited',
};
const cause = (changes: object = {}) => JSON.stringify({ ...DETAIL, ...changes });
const OUT_OF_MEMORY = {
  jobId: 'one',
  isStopped: false,
  statusReason: 'Essential container in task exited',
  reason: 'OutOfMemoryError: Container killed due to memory usage',
  exitCode: 137,
};

test('the last attempt says how a job failed', () => {
  expect(readFailedJob(cause())).toEqual(OUT_OF_MEMORY);
});

test('a job without attempts has the reason of its container', () => {
  const detail = { Attempts: [], Container: { ExitCode: 3, Reason: 'ended' } };
  expect(readFailedJob(cause(detail))).toMatchObject({ reason: 'ended', exitCode: 3 });
  expect(readFailedJob('{"JobId": "one"}')).toEqual({ jobId: 'one', isStopped: false });
});

test.each(['IsTerminated', 'IsCancelled'])('a job with %s was stopped by somebody', (field) => {
  expect(readFailedJob(cause({ [field]: true }))).toMatchObject({ isStopped: true });
});

test('a truncated description still has the reasons of the last attempt', () => {
  const whole = cause();
  const { jobId: _, ...known } = OUT_OF_MEMORY;
  for (const length of [whole.indexOf('"Container":{"Command') + 40, whole.indexOf('"JobId"')])
    expect(readFailedJob(whole.slice(0, length))).toEqual({ ...known, jobId: 'unknown' });
});

test.each(['', 'Too Many Requests', '{}', '[]', 'null', '{"Attempts":[', '"StatusReason":"x"'])(
  'the cause %j has no job',
  (text) => {
    expect(readFailedJob(text)).toBeUndefined();
  },
);

test('an earlier attempt says nothing about the last one', () => {
  const Attempts = [
    DETAIL.Attempts[0],
    { Container: { ExitCode: 3 }, StatusReason: 'Essential container in task exited' },
  ];
  const Container = { Command: ['x'.repeat(100)], ExitCode: 3, Reason: 'DockerTimeoutError: slow' };
  const known = { statusReason: 'Essential container in task exited', exitCode: 3 };
  expect(readFailedJob(cause({ Attempts, Container }))).toEqual({ jobId: 'one', isStopped: false, ...known });
  const whole = cause({ Attempts, Container });
  expect(readFailedJob(whole.slice(0, whole.indexOf('"Container":{"Command')))).toMatchObject(known);
  expect(readFailedJob(whole.slice(0, whole.indexOf('"Container":{"Command')))?.reason).toBeUndefined();
  // A host that is lost leaves no exit code.
  const lost = { Container: {}, StatusReason: 'Host EC2 (instance i-1) terminated.' };
  const all = { Attempts: [...Attempts, lost], Container, StatusReason: lost.StatusReason };
  expect(readFailedJob(cause(all))).toEqual({
    jobId: 'one',
    isStopped: false,
    statusReason: lost.StatusReason,
  });
});

// The fields IsCancelled and IsTerminated come after the container, which a truncated description does not have to its end.
test('a truncated description of a job that may have been stopped by somebody is no reason for a retry', () => {
  const stopped = {
    Attempts: [{ Container: { ExitCode: 143 }, StatusReason: 'Essential container in task exited' }],
  };
  const whole = cause({ ...stopped, IsTerminated: true });
  expect(readFailedJob(whole.slice(0, whole.indexOf('"JobId"')))).toMatchObject({ isStopped: true });
});

test('the jobs before are in the cause of the last one, when there is room', () => {
  const failure = { Error: 'States.TaskFailed', Cause: cause() };
  const ended = [{ jobId: 'zero', memory: 512, reason: 'OutOfMemoryError' }];
  expect(withEndedJobs(failure, [])).toBe(failure);
  expect(JSON.parse(withEndedJobs(failure, ended).Cause)).toEqual({
    ...DETAIL,
    EndedJobs: [{ job_id: 'zero', memory: 512, reason: 'OutOfMemoryError' }],
  });
  const long = { ...failure, Cause: cause({ Padding: 'x'.repeat(CAUSE_CHARACTERS - cause().length - 20) }) };
  expect(withEndedJobs(long, ended)).toBe(long);
  expect(withEndedJobs({ Error: 'Batch.BatchException', Cause: 'no' }, ended).Cause).toBe('no');
});
