/** Jobs that are to end, through the Batch API. */
import {
  type BatchClient,
  DescribeJobsCommand,
  paginateListJobs,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import type { CreatedJob, EndableJobs } from '../../steps/clean-up/jobs';

/** Of one DescribeJobs: https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobs.html */
const AT_ONCE = 100;

export class AwsEndableJobs implements EndableJobs {
  constructor(private readonly client: BatchClient) {}

  async statuses(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const command = new DescribeJobsCommand({ jobs: ids.slice(from, from + AT_ONCE) });
      const { jobs = [] } = await this.client.send(command);
      for (const { jobId = '', status = '' } of jobs) found.set(jobId, status);
    }
    return found;
  }

  async named(name: string, jobQueue: string): Promise<readonly CreatedJob[]> {
    const filters = [{ name: 'JOB_NAME', values: [name] }];
    const found: CreatedJob[] = [];
    // The filter does not tell capitals from small letters.
    for await (const { jobSummaryList = [] } of paginateListJobs(
      { client: this.client },
      { jobQueue, filters },
    ))
      for (const { jobId = '', jobName, createdAt = 0 } of jobSummaryList)
        if (jobName === name) found.push({ id: jobId, createdAt });
    return found;
  }

  async terminate(jobId: string, reason: string): Promise<void> {
    await this.client.send(new TerminateJobCommand({ jobId, reason }));
  }
}
