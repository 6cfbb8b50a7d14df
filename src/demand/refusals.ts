/** The reasons for which the parameters of a demand are refused, as messages to the user. */
import type { Problem } from '../errors';
import { pointerOf } from '../wire/json';
import { shorten } from '../wire/problems';

/** A problem without its place. The caller that reports it adds the pointer. */
export type Refusal = Pick<Problem, 'message' | 'remedy'>;

/** Recursion follows the references, and its stack has an end. A real demand has far fewer levels. */
export const MAX_DEPTH = 500;

export const TOO_DEEP: Refusal = {
  message: `references are nested more than ${MAX_DEPTH} deep`,
  remedy: 'Refer directly to the last parameter of the chain',
};

/**
 * Characters of all parameters with references, filled in. References to references can double the length with every
 * step, so 40 short parameters can need a terabyte. With more than 2 MiB of arguments and environment Linux starts no
 * program: https://man7.org/linux/man-pages/man2/execve.2.html
 */
export const MAX_FILLED_LENGTH = 2 * 1024 ** 2;

export const TOO_LONG: Refusal = {
  message: `with this parameter, the parameters with filled-in references have more than ${MAX_FILLED_LENGTH} characters`,
  remedy: 'Refer to fewer or shorter parameters, or put long values into a file that is an input',
};

export const NUL_REFUSAL: Refusal = {
  message: 'the value contains a NUL character, and an environment variable cannot contain one',
  remedy: 'Remove the character, or encode the value',
};

/** Returns the keys of the pointer to a parameter in the demand. */
export function parameterAt(name: string): string[] {
  return ['execution_parameters', 'params', name];
}

export function unknownParameter(at: readonly (string | number)[], name: string): Problem {
  return {
    pointer: pointerOf('execution_parameters', ...at),
    message: `"${name}" is not among the parameters`,
    remedy: `Add "${name}" to execution_parameters.params, or remove it from this list`,
  };
}

export function inputAndOutput(name: string): Problem {
  return {
    pointer: pointerOf('execution_parameters', 'outputs'),
    message: `"${name}" is an input and an output`,
    remedy: 'Give the output a parameter of its own',
  };
}

export function circularReferences(path: readonly string[]): Refusal {
  return {
    message: `the references form a circle: ${path.join(' -> ')}`,
    remedy: 'Give one of these parameters a value without a reference to the others',
  };
}

/** Parameters that a message names, and characters of their names. Each unknown reference has such a message. */
const NAMED = 50;
const NAMED_CHARACTERS = 500;
const shortName = (name: string) => shorten(name);

export function unknownReference(reference: string, known: readonly string[]): Refusal {
  return {
    message: `\${${reference}} refers to no parameter`,
    remedy:
      known.length > 0
        ? `The parameters are ${shorten(known.slice(0, NAMED).map(shortName).join(', '), NAMED_CHARACTERS)}`
        : `Add a parameter "${reference.toLowerCase()}"`,
  };
}

/** Problems of one kind in one value. The author mends these first. */
const MOST_IN_A_VALUE = 20;

/**
 * Returns a problem for each number that changes when JSON is read: an integer beyond 2^53, or a number beyond 1.8e308.
 * At most 20 of one value.
 *
 * @param at the path of the value in the request
 */
export function unsafeNumbers(value: unknown, at: readonly (string | number)[]): Problem[] {
  return valuesIn(value, at, (item) => (typeof item === 'number' ? explainNumber(item) : undefined)).map(
    ({ path, found }) => ({ pointer: pointerOf(...path), message: found, remedy: 'Give it as a string' }),
  );
}

/**
 * Returns a problem for each text with half of a surrogate pair: UTF-8 cannot hold it, so two such texts would become
 * the same file, variable or name. At most 20.
 */
export function malformedTexts(value: unknown): Problem[] {
  const hasHalf = (item: unknown) => (typeof item === 'string' && HALF.test(item) ? true : undefined);
  return valuesIn(value, [], hasHalf).map(({ path }) => ({
    pointer: pointerOf(...path),
    message: 'the text, or the name of the field, has half of a surrogate pair, which is no character',
    remedy: 'Write whole characters: both halves, as in "\\ud83d\\ude42"',
  }));
}

const HALF = /\p{Cs}/u;

function explainNumber(number: number): string | undefined {
  if (!Number.isFinite(number)) return 'a number beyond 1.8e308 becomes infinity when JSON is read';
  return Number.isInteger(number) && !Number.isSafeInteger(number)
    ? 'an integer beyond 2^53 loses digits when JSON is read'
    : undefined;
}

interface Found<T> {
  readonly path: readonly (string | number)[];
  readonly found: T;
}

/** Returns the places of the values, and of the names of fields, for which `find` finds something. At most 20. */
function valuesIn<T>(
  value: unknown,
  at: readonly (string | number)[],
  find: (value: unknown) => T | undefined,
): Found<T>[] {
  const all: Found<T>[] = [];
  const path = [...at];
  const visit = (item: unknown): void => {
    const found = find(item);
    if (found !== undefined) all.push({ path: [...path], found });
    if (typeof item !== 'object' || item === null) return;
    for (const [key, inner] of Object.entries(item)) {
      if (all.length >= MOST_IN_A_VALUE) return;
      path.push(key);
      const ofName = find(key);
      if (ofName !== undefined) all.push({ path: [...path], found: ofName });
      else visit(inner);
      path.pop();
    }
  };
  visit(value);
  return all;
}
