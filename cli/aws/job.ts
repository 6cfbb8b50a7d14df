/** A Batch job and its log, as the verbs show them. */
import type { JobDetail } from '@aws-sdk/client-batch';
import { STATUS_REASONS } from '../../src/batch/status-reasons';
import { isJsonObject, withoutEmpty } from '../../src/wire/json';
import type { AwsApi } from './api';
import type { JobReport, WatchEvent } from './events';

const DEFAULT_GROUP = '/aws/batch/job';

export interface JobLogPlace {
  readonly group: string;
  /** The streams of the attempts that have begun. */
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
  const { exitCode, reason = statusReason === STATUS_REASONS.exited ? undefined : statusReason } =
    container ?? {};
  const given = container?.resourceRequirements?.find(({ type }) => type === 'MEMORY')?.value;
  const memory = given === undefined ? undefined : Number(given);
  return {
    jobId,
    status,
    ...withoutEmpty({ exitCode, reason, memory }),
  };
}

/** Reads a job that `batch:submitJob.sync` describes, in PascalCase. The history has it when Batch has forgotten the job. */
export function jobOfTask(detail: Readonly<Record<string, unknown>>): JobDetail | undefined {
  if (typeof detail.JobId !== 'string') return undefined;
  return camelCased(detail) as unknown as JobDetail;
}

function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      `${key.charAt(0).toLowerCase()}${key.slice(1)}`,
      camelCased(inner),
    ]),
  );
}

export function startOf({ jobId = '', jobQueue = '', container }: JobDetail): WatchEvent {
  const runner = `queue ${jobQueue.split('/').at(-1)}`;
  return { type: 'job-started', jobId, image: container?.image ?? '', runner };
}

export function statusOf({ jobId = '', status = 'SUBMITTED', statusReason }: JobDetail): WatchEvent {
  return { type: 'job-status', jobId, status, ...withoutEmpty({ reason: statusReason }) };
}

/** Returns no event for a job without an exit code: its status says that it did not run. */
export function endOf(job: JobDetail): WatchEvent[] {
  const { exitCode, reason } = jobReport(job);
  if (exitCode === undefined) return [];
  return [{ type: 'job-ended', exitCode, ...(exitCode !== 0 && withoutEmpty({ reason })) }];
}

export function jobLogPlaceOf({ container, attempts = [] }: JobDetail): JobLogPlace {
  const group = container?.logConfiguration?.options?.['awslogs-group'] ?? DEFAULT_GROUP;
  const streams = [...attempts.map((each) => each.container?.logStreamName), container?.logStreamName];
  return { group, streams: [...new Set(streams.flatMap((stream) => stream ?? []))] };
}

/** Each read goes on where the last one stopped. */
export class LogReader {
  #token: string | undefined;

  constructor(
    private readonly api: AwsApi,
    private readonly group: string,
    private readonly stream: string,
    private readonly from: { readonly since?: number; readonly last?: number } = {},
  ) {}

  /** Reads all lines that have arrived. */
  async *read(): AsyncGenerator<string> {
    for (;;) {
      const token = this.#token;
      // A token leads forwards, also after the last lines were read first.
      const { last: _, ...on } = this.from;
      const from = token === undefined ? this.from : { ...on, token };
      const page = await this.api.log(this.group, this.stream, from);
      this.#token = page.token ?? token;
      for (const { message } of page.lines) yield message;
      // At the end the token stays the same: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
      if (page.token === undefined || page.token === token) return;
    }
  }
}
