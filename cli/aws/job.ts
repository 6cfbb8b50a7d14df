/** A Batch job as this command tells of it, and its log. */
import type { JobDetail } from '@aws-sdk/client-batch';
import type { AwsApi } from './api';
import type { JobReport, WatchEvent } from './events';

const DEFAULT_GROUP = '/aws/batch/job';

export interface LogPlace {
  readonly group: string;
  /** One for each attempt that has begun. */
  readonly streams: readonly string[];
}

export function hasEnded({ status }: { readonly status?: string | undefined }): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

export function jobReport({
  jobId = '',
  status = 'SUBMITTED',
  statusReason,
  container,
}: JobDetail): JobReport {
  const { exitCode, reason = statusReason } = container ?? {};
  return {
    jobId,
    status,
    ...(exitCode !== undefined && { exitCode }),
    ...(reason !== undefined && { reason }),
  };
}

export function startOf({ jobId = '', jobQueue = '', container }: JobDetail): WatchEvent {
  const runner = `queue ${jobQueue.split('/').at(-1)}`;
  return { type: 'job-started', jobId, image: container?.image ?? '', runner };
}

export function statusOf({ jobId = '', status = 'SUBMITTED', statusReason }: JobDetail): WatchEvent {
  return { type: 'job-status', jobId, status, ...(statusReason !== undefined && { reason: statusReason }) };
}

/** Nothing for a job that never came to run: its status has said so. */
export function endOf(job: JobDetail): WatchEvent[] {
  const { exitCode, reason } = jobReport(job);
  if (exitCode === undefined) return [];
  return [{ type: 'job-ended', exitCode, ...(exitCode !== 0 && reason !== undefined && { reason }) }];
}

export function logPlace({ container, attempts = [] }: JobDetail): LogPlace {
  const group = container?.logConfiguration?.options?.['awslogs-group'] ?? DEFAULT_GROUP;
  const streams = [...attempts.map((each) => each.container?.logStreamName), container?.logStreamName];
  return { group, streams: [...new Set(streams.flatMap((stream) => stream ?? []))] };
}

/** Reads on where it stopped. */
export class LogReader {
  #token: string | undefined;

  constructor(
    private readonly api: AwsApi,
    private readonly group: string,
    private readonly stream: string,
    private readonly from: { readonly since?: number; readonly last?: number } = {},
  ) {}

  /** All that is there by now. */
  async *read(): AsyncGenerator<string> {
    for (;;) {
      const token = this.#token;
      const from = token === undefined ? this.from : { token };
      const page = await this.api.log(this.group, this.stream, from);
      this.#token = page.token ?? token;
      for (const { message } of page.lines) yield message;
      // The end is where the token stays the same. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
      if (page.token === undefined || page.token === token) return;
    }
  }
}
