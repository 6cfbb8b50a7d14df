/** Turns valibot's issues into the problems that a user reads. */
import type * as v from 'valibot';
import type { Problem } from '../errors';
import { pointerOf } from './json';

/** Recursion reads the document, and its stack has an end. A real demand has far fewer levels. */
const MAX_NESTING = 500;

const TOO_DEEP = {
  message: `lists and objects are nested more than ${MAX_NESTING} deep`,
  remedy: 'Give the innermost of them as a string, or as a file that is an input',
};

/** Returns the problem of a document that has too many levels; undefined when the levels are few enough. */
export function nestingProblem(value: unknown, at: readonly string[]): Problem | undefined {
  return isTooDeep(value) ? { pointer: pointerOf(...at), ...TOO_DEEP } : undefined;
}

/** Returns the problem of an issue. @param at the path of the document inside the whole request */
export function toProblem(issue: v.BaseIssue<unknown>, at: readonly string[]): Problem {
  const keys = (issue.path ?? []).map((item) => item.key as string | number);
  const pointer = pointerOf(...at, ...keys);
  const name = nameOf([...at, ...keys]);
  if (issue.input === undefined) return { pointer, message: `${name} is missing`, remedy: `Add "${name}"` };
  return {
    pointer,
    message: `expected ${issue.message}, got ${describeValue(issue.input)}`,
    remedy: `Give ${issue.message} as "${name}"`,
  };
}

function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth >= MAX_NESTING || Object.values(value).some((item) => isTooDeep(item, depth + 1));
}

/** Returns `inputs` or `inputs[2]`. */
function nameOf(keys: readonly (string | number)[]): string {
  const last = keys.findLastIndex((key) => typeof key === 'string');
  const places = keys.slice(last + 1).map((index) => `[${index}]`);
  return `${keys[last] ?? 'the request'}${places.join('')}`;
}

/** Returns the beginning of a text for a message. @param most characters, default 80 */
export function shorten(text: string, most = 80): string {
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}

function describeValue(value: unknown): string {
  return shorten(JSON.stringify(value) ?? String(value));
}
