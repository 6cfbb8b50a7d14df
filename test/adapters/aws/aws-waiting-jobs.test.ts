import { BatchClient } from '@aws-sdk/client-batch';
import { AwsWaitingJobs } from '../../../src/adapters/aws/aws-waiting-jobs';
import { CREDENTIALS, useScriptedApi } from './scripted-api';

const api = useScriptedApi();
const jobs = () =>
  new AwsWaitingJobs(
    new BatchClient({ region: 'eu-west-1', endpoint: api.endpoint, credentials: CREDENTIALS }),
  );

test('all pages of the waiting jobs of a queue are read', async () => {
  api.answers = [
    { jobSummaryList: [{ jobId: '1' }], nextToken: 'more' },
    { jobSummaryList: [{ jobId: '2' }] },
  ];
  expect(await jobs().runnable('queue')).toEqual(['1', '2']);
  expect(api.requests).toMatchObject([
    { jobQueue: 'queue', jobStatus: 'RUNNABLE' },
    { jobQueue: 'queue', jobStatus: 'RUNNABLE', nextToken: 'more' },
  ]);
});

test('a job waits since its submission, or since the end of its last attempt', async () => {
  api.answers = [
    {
      jobs: [
        { jobId: '1', status: 'RUNNABLE', createdAt: 5, statusReason: 'CAPACITY:NONE' },
        {
          jobId: '2',
          status: 'RUNNABLE',
          createdAt: 5,
          attempts: [{ stoppedAt: 7 }, { stoppedAt: 9 }],
          tags: { demand_execution: 'arn:one' },
        },
        { jobId: '3', status: 'RUNNING', createdAt: 5 },
      ],
    },
  ];
  expect(await jobs().describe(['1', '2', '3'])).toEqual([
    { id: '1', since: 5, reason: 'CAPACITY:NONE' },
    { id: '2', since: 9, execution: 'arn:one' },
  ]);
});

test('jobs are described in hundreds, and none without an id', async () => {
  api.answers = [{ jobs: [] }];
  const ids = Array.from({ length: 101 }, (_, index) => `job-${index}`);
  await jobs().describe(ids);
  await jobs().describe([]);
  expect(api.requests).toEqual([{ jobs: ids.slice(0, 100) }, { jobs: ids.slice(100) }]);
});

// TerminateJob would also end a job that has started since the look at it.
test('a job is cancelled with a reason, not terminated', async () => {
  await jobs().cancel('job-0', 'too long');
  expect(api.requests).toEqual([{ jobId: 'job-0', reason: 'too long' }]);
  expect(api.paths).toEqual(['/v1/canceljob']);
});
