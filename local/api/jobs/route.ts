/** Answers Batch's requests about jobs. https://docs.aws.amazon.com/batch/latest/APIReference/ */
import { describeError } from '../../../src/errors';
import type { ApiAnswer, GatewayRoute } from '../gateway/gateway';
import type { Job, SubmitJobRequest } from './job';
import type { Jobs } from './jobs';

type BatchAction = (body: Record<string, unknown>) => Promise<unknown>;

export function jobsRoute(jobs: Jobs): GatewayRoute {
  const answers: Readonly<Record<string, BatchAction>> = {
    '/v1/submitjob': async (body) => {
      const { jobArn, jobName, jobId } = await jobs.submit(body as unknown as SubmitJobRequest);
      return { jobArn, jobName, jobId };
    },
    '/v1/describejobs': async ({ jobs: ids }) => ({ jobs: jobs.describe(ids as string[]).map(describe) }),
    '/v1/listjobs': async ({ jobQueue, jobStatus = 'RUNNING', filters }) => ({
      jobSummaryList: jobs
        .list(String(jobQueue))
        .filter((job) => filters !== undefined || job.status === jobStatus)
        .filter((job) => isAccepted(job, filters as Filter[] | undefined))
        .map(summarise),
    }),
    '/v1/terminatejob': async ({ jobId, reason }) => jobs.terminate(String(jobId), String(reason)),
    '/v1/canceljob': async ({ jobId, reason }) => jobs.cancel(String(jobId), String(reason)),
  };
  return (method, path) => {
    const answer = method === 'POST' ? answers[path] : undefined;
    if (answer === undefined) return undefined;
    return async ({ body }) => {
      try {
        return { status: 200, body: JSON.stringify((await answer(JSON.parse(String(body)))) ?? {}) };
      } catch (error) {
        return refused(error);
      }
    };
  };
}

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** Applies the JOB_NAME filters of ListJobs. An asterisk at the end of a value matches any rest. */
function isAccepted({ jobName }: Job, filters: readonly Filter[] = []): boolean {
  return filters
    .filter(({ name }) => name === 'JOB_NAME')
    .every(({ values }) =>
      values.some((value) =>
        value.endsWith('*') ? jobName.startsWith(value.slice(0, -1)) : value === jobName,
      ),
    );
}

function describe(job: Job) {
  return { ...job, dependsOn: [] };
}

function summarise({ jobArn, jobId, jobName, createdAt, status, statusReason, startedAt, stoppedAt }: Job) {
  return { jobArn, jobId, jobName, createdAt, status, statusReason, startedAt, stoppedAt };
}

function refused(error: unknown): ApiAnswer {
  const { name, message } = describeError(error);
  return { status: 400, headers: { 'x-amzn-errortype': name }, body: JSON.stringify({ message }) };
}
