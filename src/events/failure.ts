/** A failure as a status event holds it. */
import type { CAUSE_CHARACTERS } from '../aws-limits';
import { endedJobSchema } from '../batch/retries/ended-jobs';
import type { ExecutionFailure } from '../history/failure';
import { withoutEmpty } from '../wire/json';
import { writeModel } from '../wire/schema';
import type { EventFailure } from './model';

/** Characters of a message in an event. The cause of an execution has up to {@link CAUSE_CHARACTERS}. */
const LONGEST_MESSAGE = 8_000;

/** Returns the failure without the lines of the log, and with a message of at most 8,000 characters. */
export function eventFailure(failure: ExecutionFailure): EventFailure {
  const { error, message, exitCode, jobId, logStream, jobs, executionArn } = failure;
  return {
    error,
    message: clip(message),
    ...withoutEmpty({
      exit_code: exitCode,
      job_id: jobId,
      log_stream: logStream,
      jobs: jobs?.map((job) => writeModel(endedJobSchema, job)),
      execution_arn: executionArn,
    }),
  };
}

function clip(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)} ...` : message;
}
