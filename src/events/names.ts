/** Names of executions, from the ids of demands: the same demand finds its own execution again. */
import { createHash } from 'node:crypto';
import type { EXECUTION_NAME_CHARACTERS } from '../aws-limits';

/**
 * An id that is a name as it is. It leaves room for the number of an attempt within {@link EXECUTION_NAME_CHARACTERS}. Step
 * Functions accepts other characters, too, but then it does not log the execution.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
const PLAIN = /^[A-Za-z0-9_-]{1,64}$/;
/** How a name ends that is made here; an id that ends so is no name itself, or two ids could have one name. */
const MADE = /--(?:x[0-9a-f]{32}|\d+)$/;
const ATTEMPT = /^(.*)--(\d+)$/s;
const SLUG = 24;

/** Runs of one demand, the first included; four digits are what a name has room for. */
export const MOST_ATTEMPTS = 9_999;

/** The id itself where it can be, else its beginning and a hash; from the second attempt on with its number behind. */
export function executionName(executionId: string, attempt = 1): string {
  const name = isName(executionId) ? executionId : hashedName(executionId);
  return attempt === 1 ? name : `${name}--${attempt}`;
}

/** Which attempt at a demand an execution is; undefined when its name is not of our making. */
export function attemptOf(name: string, executionId: string): number | undefined {
  const [, , number] = ATTEMPT.exec(name) ?? [];
  const attempt = Number(number ?? 1);
  return executionName(executionId, attempt) === name ? attempt : undefined;
}

/** Whether it ends as a name does that is made here: one of a later attempt, or with a hash for the id. */
export function isMadeName(name: string): boolean {
  return MADE.test(name);
}

function isName(executionId: string): boolean {
  return PLAIN.test(executionId) && !isMadeName(executionId);
}

function hashedName(executionId: string): string {
  const slug = executionId.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, SLUG);
  // As JSON, which tells halves of characters apart where UTF-8 does not.
  const hash = createHash('sha256').update(JSON.stringify(executionId)).digest('hex').slice(0, 32);
  return `${slug}--x${hash}`;
}
