/** Reads and ends jobs that wait for a host, through the Batch API. */
import {
  type BatchClient,
  CancelJobCommand,
  DescribeJobsCommand,
  type JobDetail,
  paginateListJobs,
} from '@aws-sdk/client-batch';
import { DESCRIBED_JOBS } from '../../aws-limits';
import { EXECUTION_TAG, type WaitingJob, type WaitingJobs } from '../../steps/watch-jobs';
import { withoutEmpty } from '../../wire/json';

const WAITING = 'RUNNABLE';

export class AwsWaitingJobs implements WaitingJobs {
  constructor(private readonly client: BatchClient) {}

  async runnable(jobQueue: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const { jobSummaryList = [] } of paginateListJobs(
      { client: this.client },
      { jobQueue, jobStatus: WAITING },
    ))
      ids.push(...jobSummaryList.flatMap(({ jobId }) => jobId ?? []));
    return ids;
  }

  async describe(ids: readonly string[]): Promise<readonly WaitingJob[]> {
    const found: WaitingJob[] = [];
    for (let from = 0; from < ids.length; from += DESCRIBED_JOBS) {
      const command = new DescribeJobsCommand({ jobs: ids.slice(from, from + DESCRIBED_JOBS) });
      const { jobs = [] } = await this.client.send(command);
      found.push(...jobs.filter(({ status }) => status === WAITING).map(toWaiting));
    }
    return found;
  }

  /** https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html: no job in STARTING or RUNNING is ended. */
  async cancel(jobId: string, reason: string): Promise<void> {
    await this.client.send(new CancelJobCommand({ jobId, reason }));
  }
}

function toWaiting({
  jobId = '',
  createdAt = 0,
  attempts = [],
  statusReason,
  tags = {},
}: JobDetail): WaitingJob {
  const since = Math.max(createdAt, ...attempts.map(({ stoppedAt = 0 }) => stoppedAt));
  return { id: jobId, since, ...withoutEmpty({ reason: statusReason, execution: tags[EXECUTION_TAG] }) };
}
