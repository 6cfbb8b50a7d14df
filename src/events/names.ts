/** Names of executions follow from the ids of demands, so that a demand finds its own execution again. */
import { createHash } from 'node:crypto';
import type { EXECUTION_NAME_CHARACTERS } from '../aws-limits';

/**
 * Ids that become names unchanged. They leave room for the number of an attempt within {@link EXECUTION_NAME_CHARACTERS}.
 * Step Functions accepts other characters, too, but then it does not log the execution.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
const PLAIN = /^[A-Za-z0-9_-]{1,64}$/;
/** The end of a generated name. An id with such an end does not become a name, or two ids could have the same name. */
const GENERATED = /--(?:x[0-9a-f]{32}|\d+)$/;
const ATTEMPT = /^(.*)--(\d+)$/s;
const SLUG = 24;

/** Runs of one demand, the first included. A name has room for four digits. */
export const MOST_ATTEMPTS = 9_999;

/**
 * Returns the id, or the id's beginning with a hash when the id cannot be a name. From the second attempt on, the number of
 * the attempt follows.
 *
 * @param attempt from 1, the default
 */
export function executionName(executionId: string, attempt = 1): string {
  const name = isName(executionId) ? executionId : hashedName(executionId);
  return attempt === 1 ? name : `${name}--${attempt}`;
}

/** @returns the number of the attempt, from 1; undefined when `executionName` does not give this name to this id */
export function attemptOf(name: string, executionId: string): number | undefined {
  const [, , number] = ATTEMPT.exec(name) ?? [];
  const attempt = Number(number ?? 1);
  return executionName(executionId, attempt) === name ? attempt : undefined;
}

/** Tells whether a name ends with a hash, or with the number of an attempt. */
export function isGeneratedName(name: string): boolean {
  return GENERATED.test(name);
}

function isName(executionId: string): boolean {
  return PLAIN.test(executionId) && !isGeneratedName(executionId);
}

function hashedName(executionId: string): string {
  const slug = executionId.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, SLUG);
  // JSON tells lone surrogates apart. UTF-8 does not.
  const hash = createHash('sha256').update(JSON.stringify(executionId)).digest('hex').slice(0, 32);
  return `${slug}--x${hash}`;
}
