/** The retries and the time-out of a job, as a demand gives them. */
import * as v from 'valibot';
import { ATTEMPT_SECONDS, RETRY_PATTERN_CHARACTERS } from '../aws-limits';
import { integer, listOf, model, optional, text } from '../wire/schema';

/**
 * `RETRY_WITH_MORE_MEMORY` needs a memory factor, from the demand or from its stage. Without a factor it is the same as
 * `EXIT`.
 */
export const RETRY_ACTIONS = ['RETRY', 'RETRY_WITH_MORE_MEMORY', 'EXIT'] as const;
/** Retries of one rule in one execution. */
export const MOST_RULE_RETRIES = 50;
export const LEAST_MEMORY_FACTOR = 1.1;
export const MOST_MEMORY_FACTOR = 10;
const MOST_RULES = 20;
/** Seconds of the first wait of a rule. */
export const MOST_WAIT_SECONDS = 3_600;

const patternText = `a pattern of 1 to ${RETRY_PATTERN_CHARACTERS} characters`;
const factorText = `a number from ${LEAST_MEMORY_FACTOR} to ${MOST_MEMORY_FACTOR}`;
const retriesText = `an integer from 1 to ${MOST_RULE_RETRIES}`;
const waitText = `an integer from 0 to ${MOST_WAIT_SECONDS}`;
const rulesText = `a list of ${MOST_RULES} rules at most`;

const pattern = v.pipe(
  text(),
  v.minLength(1, patternText),
  v.maxLength(RETRY_PATTERN_CHARACTERS, patternText),
);

export const retryRuleSchema = model({
  action: v.picklist(RETRY_ACTIONS, RETRY_ACTIONS.join(', ')),
  /** Pattern of the job's status reason, from Batch. An asterisk stands for any characters, at any place. */
  onStatusReason: optional(pattern),
  /** Pattern of the container's reason, from ECS. */
  onReason: optional(pattern),
  /** Pattern of the exit code, in decimal digits. */
  onExitCode: optional(pattern),
  /** Retries by this rule in one execution. Each rule has its own count. */
  retries: optional(v.pipe(integer(1), v.maxValue(MOST_RULE_RETRIES, retriesText))),
  /** Seconds before the first retry. Each further wait is twice as long. */
  waitSeconds: optional(v.pipe(integer(), v.maxValue(MOST_WAIT_SECONDS, waitText))),
});

export const jobRetrySchema = model({
  /** The memory of a retry after a lack of memory, in multiples of the memory of the job before. */
  memoryFactor: optional(
    v.pipe(
      v.number(factorText),
      v.minValue(LEAST_MEMORY_FACTOR, factorText),
      v.maxValue(MOST_MEMORY_FACTOR, factorText),
    ),
  ),
  /** MiB of a retry at most. */
  maxMemory: optional(integer(1)),
  /** The first rule that matches decides. These rules come before the rules of the stage. */
  rules: v.optional(v.pipe(listOf(retryRuleSchema), v.maxLength(MOST_RULES, rulesText)), []),
});

/** JobTimeout of Batch. Each attempt of a job has so much time. */
export const jobTimeoutSchema = model({ attemptDurationSeconds: integer(ATTEMPT_SECONDS) });

export type RetryRule = v.InferOutput<typeof retryRuleSchema>;
export type JobRetry = v.InferOutput<typeof jobRetrySchema>;
