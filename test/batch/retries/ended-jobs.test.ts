import { describeJobs, jobsBefore, jobsOfDetail, jobsOfOutput } from '../../../src/batch/retries/ended-jobs';

const ENDED = [{ job_id: 'one', memory: 512, exit_code: 137, reason: 'OutOfMemoryError', rule: 'RETRY' }];
const BEFORE = { jobId: 'one', memory: 512, exitCode: 137, reason: 'OutOfMemoryError', rule: 'RETRY' };
const RESOURCES = {
  ResourceRequirements: [
    { Type: 'VCPU', Value: '1' },
    { Type: 'MEMORY', Value: '1024' },
  ],
};

test('jobs are told by their memory and reason', () => {
  const jobs = [BEFORE, { jobId: 'two', memory: 1_024 }, { jobId: 'three' }];
  expect(describeJobs(jobs)).toBe('512 MiB (OutOfMemoryError), 1024 MiB, job three');
});

test('the output of an execution has its jobs, the last one included', () => {
  const output = {
    batch: { ended_jobs: ENDED, args: { container_overrides: RESOURCES } },
    job: { job_id: 'two' },
  };
  expect(jobsOfOutput(output)).toEqual([BEFORE, { jobId: 'two', memory: 1_024 }]);
  expect(jobsOfOutput({ job: { job_id: 'two' } })).toEqual([{ jobId: 'two' }]);
  for (const given of [undefined, null, 'text', {}, { job: {} }]) expect(jobsOfOutput(given)).toEqual([]);
});

test('the description of a failed job has the jobs before', () => {
  const detail = {
    JobId: 'two',
    StatusReason: 'Host EC2 terminated',
    Container: { ...RESOURCES, ExitCode: 1, Reason: 'x'.repeat(1_000) },
    EndedJobs: ENDED,
  };
  expect(jobsOfDetail(detail)).toEqual([
    BEFORE,
    { jobId: 'two', memory: 1_024, exitCode: 1, reason: 'x'.repeat(200) },
  ]);
  expect(jobsOfDetail({ JobId: 'two', StatusReason: 'lost' })).toEqual([{ jobId: 'two', reason: 'lost' }]);
  expect(jobsOfDetail({})).toEqual([]);
});

test('the input of the state RunJob has the jobs before', () => {
  expect(jobsBefore(JSON.stringify({ batch: { ended_jobs: ENDED } }))).toEqual([BEFORE]);
  for (const input of [undefined, '', '{', '{}', '{"batch":{"ended_jobs":[{}]}}'])
    expect(jobsBefore(input)).toEqual([]);
});

test('a memory that is no number of MiB is left out', () => {
  const container = { ResourceRequirements: [{ Type: 'MEMORY', Value: 'much' }] };
  expect(jobsOfDetail({ JobId: 'one', Container: container })).toEqual([{ jobId: 'one' }]);
});
