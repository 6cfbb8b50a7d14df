import { jobCauseOf } from '../batch/job-end';
import type { JobSettings } from '../batch/retries/settings';
import type { LayoutSettings } from '../context/layout';
import { describeError } from '../errors';
import type { StatusBus } from '../events/model';
import { waitingEvent } from '../events/status';
import { truncateEvent } from '../events/truncate';
import { stateMachineArnOf } from '../history/arns';
import type { Executions } from '../history/executions';
import { parseMoment } from '../python/time';
import { runLimited } from '../transfer/concurrency';
import type { EpochMs } from '../units';
import { withoutEmpty } from '../wire/json';
import { AS_IN_CODE, model, optional, readModel, requiredText, text } from '../wire/schema';

/** Milliseconds between two calls by the schedule. A test compares them with resources/events.yml. */
export const WATCH_PERIOD_MS = 600_000;
/**
 * Jobs that are told of, or ended, at the same time. Many more would be throttled:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html (DescribeExecution)
 */
const JOBS_AT_ONCE = 4;
/** The tag of a job with the ARN of its execution. A test compares it with the state machine. */
export const EXECUTION_TAG = 'demand_execution';

interface WatchJobsSettings extends LayoutSettings {
  readonly stateMachineArn: string;
  /** The queue that the schedule looks at. */
  readonly jobQueue: string;
  readonly jobs: Pick<JobSettings, 'tellRunnableSeconds' | 'endRunnableSeconds'>;
}

export interface WatchJobsWorld {
  readonly waiting: WaitingJobs;
  readonly executions: Pick<Executions, 'describe'>;
  readonly bus: StatusBus;
  readonly settings: WatchJobsSettings;
}

/** The jobs of Batch that have not started, as a port. */
export interface WaitingJobs {
  /** Returns the ids of the jobs of a queue in RUNNABLE. */
  runnable(queue: string): Promise<readonly string[]>;
  /** Returns the jobs that are still in RUNNABLE. */
  describe(ids: readonly string[]): Promise<readonly WaitingJob[]>;
  /** Ends a job that has not started. A job that has started since the look at it goes on. */
  cancel(id: string, reason: string): Promise<void>;
}

export interface WaitingJob {
  readonly id: string;
  /** The end of its last attempt, or the submission. */
  readonly since: EpochMs;
  /** Batch's status reason. Absent while Batch knows no obstacle. */
  readonly reason?: string;
  /** The ARN of its execution, from its tag. */
  readonly execution?: string;
}

const eventSchema = model({
  time: requiredText(),
  detail: optional(model({ jobId: optional(text()) }, AS_IN_CODE)),
});

/**
 * Tells of jobs that wait for a host, and ends jobs that have waited too long.
 *
 * @param event Batch's event `Batch Job Queue Blocked`, which names a job, or the event of the schedule
 * @returns `{told, ended}`, the ids of the jobs
 * @throws DemandValidationError for another event
 * @throws the first error of AWS, after all other jobs have been told of and ended
 */
export async function watchJobs(event: unknown, world: WatchJobsWorld) {
  const { time, detail } = readModel(eventSchema, event);
  const now = (parseMoment(time) ?? 0) / 1_000;
  const { waiting, settings } = world;
  const blocked = detail?.jobId;
  const ids = blocked === undefined ? await waiting.runnable(settings.jobQueue) : [blocked];
  const jobs = (await waiting.describe(ids)).filter((job) => isOfStage(job, settings));
  const ended = jobs.filter((job) => mustEnd(job, now, settings));
  const told = jobs.filter((job) => blocked !== undefined || isNews(job, now, settings));
  // First the ends: many events may take all the time of a call.
  const failures = [
    ...(await forEach(ended, (job) => waiting.cancel(job.id, endReason(job, settings)))),
    ...(await forEach(told, (job) => tell(job, now, world))),
  ];
  if (failures.length > 0) throw failures[0];
  return { told: told.map(({ id }) => id), ended: ended.map(({ id }) => id) };
}

/** Does the same for all jobs, also when it fails for some of them. @returns the errors */
async function forEach(
  jobs: readonly WaitingJob[],
  act: (job: WaitingJob) => Promise<void>,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  const task = (job: WaitingJob) => act(job).catch((error: unknown) => void failures.push(error));
  await runLimited(jobs, JOBS_AT_ONCE, task, { signal: new AbortController().signal });
  return failures;
}

function isOfStage({ execution }: WaitingJob, { stateMachineArn }: WatchJobsSettings): boolean {
  return execution !== undefined && stateMachineArnOf(execution) === stateMachineArn;
}

/** Each job is news in one call of the schedule. Lambda repeats a failed call with the same time. */
function isNews({ since }: WaitingJob, now: EpochMs, { jobs }: WatchJobsSettings): boolean {
  const late = now - since - jobs.tellRunnableSeconds * 1_000;
  return late >= 0 && late < WATCH_PERIOD_MS;
}

function mustEnd({ since }: WaitingJob, now: EpochMs, { jobs }: WatchJobsSettings): boolean {
  return jobs.endRunnableSeconds !== undefined && now - since >= jobs.endRunnableSeconds * 1_000;
}

/** A cancellation overwrites the status reason of a job, so the new reason has the old one. */
function endReason({ reason }: WaitingJob, { jobs }: WatchJobsSettings): string {
  const why = reason ?? 'Batch gave no reason';
  return `RUNNABLE for longer than ${jobs.endRunnableSeconds} s, the limit of the stage: ${why}`;
}

async function tell(job: WaitingJob, now: EpochMs, { executions, bus, settings }: WatchJobsWorld) {
  const { id, since, reason, execution = '' } = job;
  const described = await executions.describe(execution).catch(unlessGone);
  if (described?.status !== 'RUNNING') return;
  const { input, startedAt, redriveCount = 0 } = described;
  const change = {
    executionArn: execution,
    stateMachineArn: settings.stateMachineArn,
    name: execution.split(':').at(-1) ?? '',
    status: 'RUNNING' as const,
    startDate: startedAt ?? since,
    redriveCount,
    ...withoutEmpty({ input }),
  };
  const cause = reason === undefined ? undefined : jobCauseOf({ reasons: [reason] });
  const next = cause === undefined ? undefined : `${cause.happened}. ${cause.next}`;
  const waiting = { jobId: id, since, at: now, ...withoutEmpty({ reason, next }) };
  await bus.put(truncateEvent(waitingEvent(change, waiting, settings)));
}

/** Step Functions forgets an execution. The job has its tag for longer, and anybody may give a job such a tag. */
function unlessGone(error: unknown): undefined {
  if (describeError(error).name !== 'ExecutionDoesNotExist') throw error;
}
