/** The reasons for which the parameters of a demand are refused, as messages to the user. */
import type { Problem } from '../errors';
import { pointerOf } from '../wire/json';

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

export function unknownReference(reference: string, known: readonly string[]): Refusal {
  return {
    message: `\${${reference}} refers to no parameter`,
    remedy:
      known.length > 0
        ? `The parameters are ${known.join(', ')}`
        : `Add a parameter "${reference.toLowerCase()}"`,
  };
}

/**
 * Returns a problem for each number that changes when JSON is read: an integer beyond 2^53, or a number beyond 1.8e308.
 *
 * @param at the path of the value in the request
 */
export function unsafeNumbers(value: unknown, at: readonly (string | number)[]): Problem[] {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return [
      {
        pointer: pointerOf(...at),
        message: 'a number beyond 1.8e308 becomes infinity when JSON is read',
        remedy: 'Give it as a string',
      },
    ];
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return [
      {
        pointer: pointerOf(...at),
        message: 'an integer beyond 2^53 loses digits when JSON is read',
        remedy: 'Give it as a string',
      },
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => unsafeNumbers(item, [...at, key]));
}
