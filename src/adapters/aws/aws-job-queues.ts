/** Looks up job queues through the Batch API. */
import { type BatchClient, DescribeJobQueuesCommand } from '@aws-sdk/client-batch';
import type { JobQueues } from '../../batch/model';

export class AwsJobQueues implements JobQueues {
  constructor(private readonly client: BatchClient) {}

  async isEnabled(nameOrArn: string): Promise<boolean | undefined> {
    const { jobQueues = [] } = await this.client.send(
      new DescribeJobQueuesCommand({ jobQueues: [nameOrArn] }),
    );
    const [queue] = jobQueues;
    return queue && queue.state === 'ENABLED';
  }
}
