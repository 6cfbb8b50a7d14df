import { BatchClient, DescribeJobQueuesCommand } from '@aws-sdk/client-batch';
import { AwsJobQueues } from '../../../src/adapters/aws/aws-job-queues';
import { endpoint } from '../../api/endpoint';
import { createJobQueue } from '../../api/job-queue';

const batch = new BatchClient({ region: 'eu-west-1', endpoint: endpoint() });
const queues = new AwsJobQueues(batch);

beforeAll(async () => {
  await createJobQueue(batch, 'queues-open');
  await createJobQueue(batch, 'queues-closed', 'DISABLED');
});

test.each([
  ['an enabled queue', 'queues-open', true],
  ['a disabled queue', 'queues-closed', false],
  ['a missing queue', 'queues-none', undefined],
])('%s', async (_, name, isEnabled) => {
  expect(await queues.isEnabled(name)).toBe(isEnabled);
});

test('a queue is found by its ARN', async () => {
  const { jobQueues } = await batch.send(new DescribeJobQueuesCommand({ jobQueues: ['queues-open'] }));
  const arn = jobQueues?.[0]?.jobQueueArn ?? '';
  expect(arn).toMatch(/^arn:aws:batch:eu-west-1:/);
  expect(await queues.isEnabled(arn)).toBe(true);
});
