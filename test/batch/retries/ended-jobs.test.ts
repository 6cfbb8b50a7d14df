import { clippedReason, describeEndedJobs, readEndedJobs } from '../../../src/batch/retries/ended-jobs';

test('jobs are told by their memory and reason', () => {
  const jobs = [
    { jobId: 'one', memory: 512, reason: 'OutOfMemoryError' },
    { jobId: 'two', memory: 1_024 },
    { jobId: 'three' },
  ];
  expect(describeEndedJobs(jobs)).toBe('512 MiB (OutOfMemoryError), 1024 MiB, job three');
});

test('a state without a readable list has no ended jobs', () => {
  expect(readEndedJobs([{ job_id: 'one', exit_code: 137 }])).toEqual([{ jobId: 'one', exitCode: 137 }]);
  for (const given of [undefined, null, 'text', [{}], [{ job_id: 1 }]])
    expect(readEndedJobs(given)).toEqual([]);
});

test('a reason is short in the state', () => {
  expect(clippedReason('x'.repeat(1_000))).toHaveLength(200);
  expect(clippedReason(undefined)).toBeUndefined();
});
