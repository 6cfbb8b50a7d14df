/** From a status change of an execution to the demand's status event. */
import { createHash } from 'node:crypto';
import { endedJobSchema, jobsOfOutput } from '../batch/retries/ended-jobs';
import { examineRequest } from '../context/examine';
import { ignoredFields } from '../context/ignored-fields';
import type { LayoutSettings } from '../context/layout';
import { explainEnd, explainFailure } from '../history/failure';
import { sumOfTransfers, type TransferTotals, transferTotals } from '../history/transfers';
import { formatMoment } from '../python/time';
import { UNRESTRICTED } from '../rules/model';
import type { EpochMs } from '../units';
import { visible } from '../visible';
import { isJsonObject, withoutEmpty } from '../wire/json';
import { shorten } from '../wire/problems';
import { writeModel } from '../wire/schema';
import { demandSummary } from './demand-summary';
import { eventFailure } from './failure';
import type { Status, StatusEvent } from './model';
import { attemptOf } from './names';

/** The detail of Step Functions' status change event. Times are milliseconds since 1970-01-01 UTC. */
export interface Change {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: Exclude<Status, 'REFUSED'>;
  readonly startDate: number;
  readonly stopDate?: number | undefined;
  readonly redriveCount: number;
  readonly redriveDate?: number | undefined;
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** Characters of a pointer to an ignored field, whose name may be anything. */
const MOST_POINTER = 200;

/** The event follows from the change alone, so that a repeated change gives the same event. */
export function statusEvent(change: Change, settings: LayoutSettings): StatusEvent {
  const { executionArn, status, startDate, stopDate, redriveCount } = change;
  const hasEnded = status !== 'RUNNING';
  const sequence = 2 * redriveCount + (hasEnded ? 1 : 0);
  const document = parse(change.input);
  const summary = demandSummary(document);
  const ignored = ignoredFields(document).map((pointer) => shorten(visible(pointer), MOST_POINTER));
  const changedAt = hasEnded ? (stopDate ?? startDate) : (change.redriveDate ?? startDate);
  return {
    version: 1,
    id: `${executionArn}/${sequence}`,
    status,
    sequence,
    changed_at: moment(changedAt),
    execution_arn: executionArn,
    state_machine_arn: change.stateMachineArn,
    ...summary,
    ...attemptField(change.name, summary.execution_id),
    ...(ignored.length > 0 && { ignored_fields: ignored }),
    started_at: moment(startDate),
    ...(hasEnded &&
      stopDate !== undefined && { stopped_at: moment(stopDate), duration_ms: stopDate - startDate }),
    ...(status === 'SUCCEEDED' && results(parse(change.output), document, settings)),
    ...(hasEnded && status !== 'SUCCEEDED' && { failure: eventFailure(explainEnd({ ...change, status })) }),
    links: { execution: consoleLink(executionArn, settings.region) },
  };
}

/** A job that waits for a host. */
export interface Waiting {
  readonly jobId: string;
  readonly since: EpochMs;
  /** The time of the look at the job. */
  readonly at: EpochMs;
  readonly reason?: string;
  readonly next?: string;
}

/**
 * Returns the event about a job that waits. It is a further event of the change to RUNNING, with the same sequence. Batch
 * may tell of one obstacle several times: the id follows from the job, the begin of its wait and the reason.
 */
export function waitingEvent(change: Change, waiting: Waiting, settings: LayoutSettings): StatusEvent {
  const { jobId, since, at, reason, next } = waiting;
  const event = statusEvent(change, settings);
  return {
    ...event,
    id: `${event.id}/waiting/${jobId}/${since}/${hash(reason ?? '')}`,
    changed_at: moment(at),
    waiting: { job_id: jobId, since: moment(since), ...withoutEmpty({ reason, message: next }) },
  };
}

/** An execution that was started under another name has no attempt. */
function attemptField(name: string, executionId: string | undefined) {
  const attempt = executionId === undefined ? undefined : attemptOf(name, executionId);
  return withoutEmpty({ attempt });
}

/** Reads the output of the machine. Transfers have the order of the demand, or form groups when the demand has many. */
function results(output: unknown, document: unknown, settings: LayoutSettings) {
  const { staged, stored, job, removal_failure: removal } = isJsonObject(output) ? output : {};
  const named =
    examineRequest(document, { ...settings, rules: UNRESTRICTED }).layout?.parameters.outputs ?? [];
  const [stagedCounts, counts] = [countsOf(staged), countsOf(stored)];
  const isOneEach = counts?.length === named.length;
  return {
    outputs: named.map(({ name, remote: uri }, index) => ({ name, uri, ...(isOneEach && counts[index]) })),
    transferred: withoutEmpty({
      inputs: stagedCounts && sumOfTransfers(stagedCounts),
      outputs: counts && sumOfTransfers(counts),
    }),
    ...(isJsonObject(job) &&
      typeof job.job_id === 'string' && { job: jobOf(job.job_id, job.job_name, output) }),
    ...(isJsonObject(removal) && {
      removal_failure: eventFailure(
        explainFailure({ error: text(removal.Error), cause: text(removal.Cause) }),
      ),
    }),
  };
}

function jobOf(id: string, name: unknown, output: unknown) {
  const jobs = jobsOfOutput(output).map((job) => writeModel(endedJobSchema, job));
  return { id, ...(typeof name === 'string' && { name }), ...(jobs.length > 1 && { jobs }) };
}

/** A transfer without a readable result counts as nothing. */
function countsOf(transfers: unknown): TransferTotals[] | undefined {
  return Array.isArray(transfers)
    ? transfers.map((item) => transferTotals(item) ?? { files: 0, bytes: 0 })
    : undefined;
}

function consoleLink(arn: string, region: string): string {
  return `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${arn}`;
}

function moment(milliseconds: number): string {
  return formatMoment(milliseconds * 1000);
}

function hash(reason: string): string {
  return createHash('sha256').update(reason).digest('hex').slice(0, 12);
}

/** Any JSON can be the input of an execution. The execution's failure tells of an input that cannot be read. */
function parse(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
