/** Finds and terminates jobs through the Batch API. */
import {
  type BatchClient,
  DescribeJobsCommand,
  paginateListJobs,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { DESCRIBED_JOBS } from '../../aws-limits';
import type { CreatedJob, EndableJobs } from '../../steps/clean-up/jobs';

export class AwsEndableJobs implements EndableJobs {
  constructor(private readonly client: BatchClient) {}

  async statuses(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (let from = 0; from < ids.length; from += DESCRIBED_JOBS) {
      const command = new DescribeJobsCommand({ jobs: ids.slice(from, from + DESCRIBED_JOBS) });
      const { jobs = [] } = await this.client.send(command);
      for (const { jobId = '', status = '' } of jobs) found.set(jobId, status);
    }
    return found;
  }

  async named(name: string, jobQueue: string): Promise<readonly CreatedJob[]> {
    const filters = [{ name: 'JOB_NAME', values: [name] }];
    const found: CreatedJob[] = [];
    // The filter ignores case.
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
