/** Reads how a job failed from the cause of the state RunJob: the JobDetail of Batch, in PascalCase. */
import { CAUSE_CHARACTERS } from '../../aws-limits';
import { isJsonObject, withoutEmpty } from '../../wire/json';
import { writeModel } from '../../wire/schema';
import { STATUS_REASONS } from '../status-reasons';
import { type EndedJob, endedJobSchema } from './ended-jobs';
import type { FailedAttempt } from './rules';

/** The output of a `Catch`. */
export interface CaughtError {
  readonly Error: string;
  readonly Cause: string;
}

export interface FailedJob extends FailedAttempt {
  readonly jobId: string;
  /** Somebody has terminated or cancelled the job. */
  readonly isStopped: boolean;
}

/**
 * @param cause the text of a `Catch`; Step Functions truncates a long one
 * @returns undefined for a cause without a job: the job was not submitted, or is not known
 */
export function readFailedJob(cause: string): FailedJob | undefined {
  const detail = parse(cause);
  return detail === undefined ? fromText(cause) : fromDetail(detail);
}

/** Reads the last attempt: the job itself may still have the values of an earlier one. */
function fromDetail(detail: Record<string, unknown>): FailedJob | undefined {
  if (typeof detail.JobId !== 'string') return undefined;
  const attempt = Array.isArray(detail.Attempts) ? detail.Attempts.at(-1) : undefined;
  const container = objectOf(attempt === undefined ? detail.Container : objectOf(attempt).Container);
  return {
    jobId: detail.JobId,
    isStopped: detail.IsTerminated === true || detail.IsCancelled === true,
    ...withoutEmpty({
      statusReason: textOf(detail.StatusReason) ?? textOf(objectOf(attempt).StatusReason),
      reason: textOf(container.Reason),
      exitCode: numberOf(container.ExitCode),
    }),
  };
}

/** A text of JSON. */
const TEXT = '"(?:[^"\\\\]|\\\\.)*"';

/**
 * Reads a truncated JobDetail. Its fields have alphabetical order, so the attempts come first, and the container of each
 * attempt stands before its status reason.
 */
function fromText(cause: string): FailedJob | undefined {
  const [before, last] = [undefined, ...cause.matchAll(fieldOf('StatusReason', TEXT))].slice(-2);
  if (!cause.startsWith('{') || last === undefined) return undefined;
  const attempt = cause.slice(before === undefined ? 0 : before.index + before[0].length, last.index);
  const lastOf = (field: string, value: string, text = attempt) =>
    parseText(Array.from(text.matchAll(fieldOf(field, value))).at(-1)?.[1]);
  const statusReason = textOf(parseText(last[1])) ?? '';
  const reason = textOf(lastOf('Reason', TEXT));
  return {
    jobId: textOf(lastOf('JobId', TEXT, cause)) ?? 'unknown',
    // The fields IsCancelled and IsTerminated are lost. An exit without a reason may be the end of a stopped job.
    isStopped: reason === undefined && statusReason === STATUS_REASONS.exited,
    statusReason,
    ...withoutEmpty({ reason, exitCode: numberOf(lastOf('ExitCode', '\\d+')) }),
  };
}

function fieldOf(name: string, value: string): RegExp {
  return new RegExp(`"${name}":\\s*(${value})`, 'g');
}

/**
 * Adds the jobs before the failed one to its JobDetail, as the field `EndedJobs`. A cause that would be too long for
 * Step Functions stays as it is.
 */
export function withEndedJobs(caught: CaughtError, ended: readonly EndedJob[]): CaughtError {
  const detail = parse(caught.Cause);
  if (detail === undefined || ended.length === 0) return caught;
  const EndedJobs = ended.map((job) => writeModel(endedJobSchema, job));
  const Cause = JSON.stringify({ ...detail, EndedJobs });
  return Cause.length > CAUSE_CHARACTERS ? caught : { ...caught, Cause };
}

function parse(cause: string): Record<string, unknown> | undefined {
  const parsed = parseText(cause);
  return isJsonObject(parsed) ? parsed : undefined;
}

function parseText(json = ''): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return isJsonObject(value) ? value : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
