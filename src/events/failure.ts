/** From the error and cause of an execution to the first thing that went wrong, in words. */
import { isJsonObject } from '../wire/json';
import type { EventFailure } from './model';

/** An executions's cause holds 32,768 characters; nobody reads more than this of one in a message. */
const LONGEST_MESSAGE = 8_000;
/** A machine in a machine is as deep as it gets here. */
const DEEPEST = 5;

/**
 * Causes are JSON of what failed: of a function `{errorType, errorMessage}`, of a Batch job its description, of a
 * nested execution that one's, whose own cause is JSON again. What is no JSON is said as it is.
 */
export function explainFailure(error = '', cause = '', depth = 0): EventFailure {
  const detail = parse(cause);
  if (depth < DEEPEST && typeof detail.ExecutionArn === 'string' && typeof detail.Error === 'string') {
    const inner = explainFailure(detail.Error, text(detail.Cause), depth + 1);
    return { execution_arn: detail.ExecutionArn, ...inner };
  }
  if (typeof detail.JobId === 'string') return jobFailure(error, detail, detail.JobId);
  const message = text(detail.errorMessage) || cause || 'no cause was given';
  return { error: error || text(detail.errorType) || 'Unknown', message: clip(message) };
}

function jobFailure(error: string, detail: Record<string, unknown>, jobId: string): EventFailure {
  const container = isJsonObject(detail.Container) ? detail.Container : {};
  const { ExitCode: exitCode, Reason: reason, LogStreamName: logStream } = container;
  const because = [reason, detail.StatusReason].filter((each) => typeof each === 'string').join('; ');
  const what =
    typeof exitCode === 'number' ? `the job ended with exit code ${exitCode}` : 'the job could not be run';
  return {
    error: error || 'States.TaskFailed',
    message: clip(because === '' ? what : `${what} (${because})`),
    ...(typeof exitCode === 'number' && { exit_code: exitCode }),
    job_id: jobId,
    ...(typeof logStream === 'string' && { log_stream: logStream }),
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

function clip(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)} ...` : message;
}
