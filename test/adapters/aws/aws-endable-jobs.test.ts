import { BatchClient } from '@aws-sdk/client-batch';
import { AwsEndableJobs } from '../../../src/adapters/aws/aws-endable-jobs';
import { CREDENTIALS, useScriptedApi } from './scripted-api';

const region = 'eu-west-1';
const api = useScriptedApi();
const jobs = () =>
  new AwsEndableJobs(new BatchClient({ region, endpoint: api.endpoint, credentials: CREDENTIALS }));

test('statuses of jobs are read in hundreds', async () => {
  const ids = Array.from({ length: 101 }, (_, index) => `job-${index}`);
  api.answers = [{ jobs: [{ jobId: 'job-0', status: 'RUNNING' }] }, { jobs: [] }];
  expect([...(await jobs().statuses(ids))]).toEqual([['job-0', 'RUNNING']]);
  expect(api.requests).toMatchObject([{ jobs: ids.slice(0, 100) }, { jobs: ids.slice(100) }]);
});

test('jobs are found by their exact name', async () => {
  api.answers = [
    { jobSummaryList: [{ jobId: '1', jobName: 'job', createdAt: 5 }], nextToken: 'more' },
    { jobSummaryList: [{ jobId: '2', jobName: 'JOB', createdAt: 6 }] },
  ];
  expect(await jobs().named('job', 'queue')).toEqual([{ id: '1', createdAt: 5 }]);
  const filters = [{ name: 'JOB_NAME', values: ['job'] }];
  expect(api.requests).toMatchObject([{ jobQueue: 'queue', filters }, { nextToken: 'more' }]);
});

test('a job is terminated with a reason', async () => {
  api.answers = [{}];
  await jobs().terminate('job-0', 'stopped');
  expect(api.requests).toEqual([{ jobId: 'job-0', reason: 'stopped' }]);
});
