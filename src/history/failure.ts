/** Why an execution failed: from its error and cause to the first thing that went wrong, in plain words. */

import { explainJobEnd } from '../batch/job-end';
import { describeJobs, type EndedJob, jobsOfDetail } from '../batch/retries/ended-jobs';
import { isJsonObject } from '../wire/json';

/** How an execution ends without success. */
export type FailedStatus = 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** An error name, and a cause that is text or JSON. Step Functions leaves out either. */
export interface ErrorAndCause {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

export interface ExecutionFailure {
  /** A name of docs/errors.md, or an AWS error name. */
  readonly error: string;
  /** Names the failure, its cause and the next step. */
  readonly message: string;
  /** The fields of the job, when the job failed. */
  readonly exitCode?: number;
  readonly jobId?: string;
  /** A stream in the log group of the job. */
  readonly logStream?: string;
  /** All jobs of the execution, the failed one last, when it has retried a job. */
  readonly jobs?: readonly EndedJob[];
  /** The last lines of the job's log. */
  readonly lastLines?: readonly string[];
  /** ARN of the nested execution that failed, the innermost one. */
  readonly executionArn?: string;
}

const DEFAULTS: Readonly<Record<FailedStatus, Required<ErrorAndCause>>> = {
  FAILED: { error: '', cause: '' },
  TIMED_OUT: { error: 'States.Timeout', cause: 'the execution ran for longer than its machine allows' },
  ABORTED: { error: 'DemandCancelled', cause: 'somebody stopped the execution' },
};

const NO_CAUSE = 'no cause was given';
/** Names of the ends of a function without an answer of its own. */
const UNHANDLED: readonly string[] = ['Lambda.Unknown', 'Runtime.ExitError'];
const FUNCTION_KILLED =
  'a function was killed in each of its calls, in most cases because its memory ran out. Submit the demand again. If this repeats, raise the memorySize of the function in serverless.yml';
/** Step Functions gives no cause for a task's time-out. The time-out of the job's task covers the queue. */
const TASK_TIMEOUT =
  'a task ran for longer than its time-out; the job may have waited too long in its queue (`jobs.queueSeconds` of the stage limits this time)';

/**
 * Explains the end of an execution that did not succeed.
 *
 * @param lastLines the last lines of the job's log, where the caller has them
 */
export function explainEnd(
  { status, error, cause }: ErrorAndCause & { readonly status: FailedStatus },
  lastLines: readonly string[] = [],
): ExecutionFailure {
  const { error: defaultError, cause: defaultCause } = DEFAULTS[status];
  return explainFailure({ error: error || defaultError, cause: cause || defaultCause }, lastLines);
}

/**
 * Explains an error with its cause. A cause is JSON about what failed: `{errorType, errorMessage}` of a function, the
 * description of a Batch job, or the description of a nested execution, which has a cause of its own. Any other cause
 * becomes the message.
 *
 * @param lastLines the last lines of the job's log, where the caller has them
 */
export function explainFailure(
  { error = '', cause = '' }: ErrorAndCause,
  lastLines: readonly string[] = [],
): ExecutionFailure {
  const detail = parse(cause);
  if (typeof detail.ExecutionArn === 'string' && typeof detail.Error === 'string')
    return {
      executionArn: detail.ExecutionArn,
      ...explainFailure({ error: detail.Error, cause: text(detail.Cause) }, lastLines),
    };
  if (typeof detail.JobId === 'string') return explainJob(error, detail, detail.JobId, lastLines);
  const name = error || text(detail.errorType) || 'States.TaskFailed';
  const message =
    text(detail.errorMessage) || cause || (error === 'States.Timeout' ? TASK_TIMEOUT : NO_CAUSE);
  return {
    error: name,
    message: isKilledFunction(name, cause) ? `${FUNCTION_KILLED} (${message})` : message,
  };
}

/** Lambda ends a function that needs more memory than it has, by SIGKILL. Its answer says no more. */
function isKilledFunction(error: string, cause: string): boolean {
  return error === 'Runtime.OutOfMemory' || (UNHANDLED.includes(error) && cause.includes('signal: killed'));
}

function explainJob(
  error: string,
  detail: Record<string, unknown>,
  jobId: string,
  lastLines: readonly string[],
): ExecutionFailure {
  const container = isJsonObject(detail.Container) ? detail.Container : {};
  const { ExitCode: exitCode, Reason: reason, LogStreamName: logStream } = container;
  const end = {
    ...(typeof exitCode === 'number' && { exitCode }),
    reasons: [reason, detail.StatusReason].filter((each) => typeof each === 'string'),
    lastLines,
  };
  const jobs = jobsOfDetail(detail);
  const hasRetries = jobs.length > 1;
  const message =
    error === 'DemandCancelled' ? `the job was stopped: ${text(detail.StatusReason)}` : explainJobEnd(end);
  return {
    error: error || 'States.TaskFailed',
    message: hasRetries
      ? `${message}. It was the last of ${jobs.length} jobs: ${describeJobs(jobs)}`
      : message,
    ...(typeof exitCode === 'number' && { exitCode }),
    jobId,
    ...(typeof logStream === 'string' && { logStream }),
    ...(hasRetries && { jobs }),
    ...(lastLines.length > 0 && { lastLines }),
  };
}

function parse(cause: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(cause);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
