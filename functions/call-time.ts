import type { Context } from 'aws-lambda';
import type { CallTime } from '../src/clock';

/** Milliseconds before Lambda's time-out in which running transfers end and the function answers. */
const ANSWER_MS = 15_000;

/** Returns the time until Lambda's time-out of a call. Its deadline comes 15 seconds before the time-out. */
export function lambdaCallTime(context: Context): CallTime {
  return {
    remainingMs: () => context.getRemainingTimeInMillis(),
    deadline: AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - ANSWER_MS)),
  };
}
