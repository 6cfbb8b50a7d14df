/** What the parameters of a demand are refused for, in words. */
import type { Problem } from '../errors';
import { pointerOf } from '../wire/json';

/** A problem whose place is known to who reports it. */
export type Refusal = Pick<Problem, 'message' | 'remedy'>;

/** References are followed by recursion; nobody nests this deep, and the stack has an end. */
export const MAX_DEPTH = 500;

export const TOO_DEEP: Refusal = {
  message: `references are nested more than ${MAX_DEPTH} deep`,
  remedy: 'Refer to the last parameter of the chain directly',
};

/**
 * References to references double with every step, so forty short parameters can ask for a terabyte.
 * Beyond this Linux starts no program anyway: https://man7.org/linux/man-pages/man2/execve.2.html
 */
export const MAX_FILLED = 2 * 1024 ** 2;

export const TOO_LONG: Refusal = {
  message: `with this one, the filled-in parameters are more than ${MAX_FILLED} characters long`,
  remedy: 'Refer to fewer or shorter parameters; what is long belongs in a file that is an input',
};

export const NUL_REFUSAL: Refusal = {
  message: 'the value holds a NUL character, which no environment variable can',
  remedy: 'Take the character out, or encode the value',
};

/** Keys of a parameter's pointer in the demand. */
export function parameterAt(name: string): string[] {
  return ['execution_parameters', 'params', name];
}

export function unknownName(at: readonly (string | number)[], name: string): Problem {
  return {
    pointer: pointerOf('execution_parameters', ...at),
    message: `"${name}" is not among the parameters`,
    remedy: `Add "${name}" to execution_parameters.params, or take it off this list`,
  };
}

export function inBoth(name: string): Problem {
  return {
    pointer: pointerOf('execution_parameters', 'outputs'),
    message: `"${name}" is an input and an output`,
    remedy: 'Give the output a parameter of its own',
  };
}

export function cycle(path: readonly string[]): Refusal {
  return {
    message: `the references go round in a circle: ${path.join(' -> ')}`,
    remedy: 'Give one of these parameters a value that refers to none of the others',
  };
}

export function missing(reference: string, known: readonly string[]): Refusal {
  return {
    message: `\${${reference}} refers to no parameter`,
    remedy:
      known.length > 0 ? `Known are ${known.join(', ')}` : `Add a parameter "${reference.toLowerCase()}"`,
  };
}

/** Numbers that are not, once JSON is read, what was written. */
export function unsafeNumbers(value: unknown, at: readonly (string | number)[]): Problem[] {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return [
      {
        pointer: pointerOf(...at),
        message: 'a number beyond 1.8e308 is infinity once JSON is read',
        remedy: 'Give it as a string',
      },
    ];
  }
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return [
      {
        pointer: pointerOf(...at),
        message: 'an integer beyond 2^53 loses digits on its way through JSON',
        remedy: 'Give it as a string',
      },
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => unsafeNumbers(item, [...at, key]));
}
