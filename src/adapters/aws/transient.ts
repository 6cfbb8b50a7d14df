/** Tells transient errors of AWS from errors that a second call would have, too. */
import { isPassing } from '../s3/failures';

/** Errors of Step Functions that pass, besides throttling and the errors of a server. */
const PASSING: ReadonlySet<string> = new Set(['ExecutionLimitExceeded', 'KmsThrottlingException']);

export function isTransient(error: unknown): boolean {
  return isPassing(error) || (error instanceof Error && PASSING.has(error.name));
}
