/** Looks whether the inputs of a demand are there, before anything is made for it. */
import type { Transfer } from '../demand/parameters';
import { parameterAt } from '../demand/refusals';
import { describeError, type Problem } from '../errors';
import { compileFilters, findFilterProblems } from '../transfer/filters';
import { parseLocation } from '../transfer/location';
import type { Stores } from '../transfer/store';
import { pointerOf } from '../wire/json';

/** Where so many files match no filter, the transfer itself will tell: a check must not take minutes. */
const MAX_LISTED = 100_000;

export interface InputsWorld {
  readonly stores: Stores;
  readonly signal: AbortSignal;
  /** Whether a failure says nothing of the input, but of the moment. */
  readonly isPassing?: (error: unknown) => boolean;
}

/**
 * What is wrong with the inputs: nothing there, no filter matching, not allowed to look.
 *
 * @throws what `isPassing` holds for: it is no mistake of the demand
 */
export async function inputProblems(inputs: readonly Transfer[], world: InputsWorld): Promise<Problem[]> {
  // A filter that is no regular expression was told when the demand was read.
  const sound = inputs.filter(({ filters }) => findFilterProblems(filters).length === 0);
  const problems = await Promise.all(sound.map((input) => inputProblem(input, world)));
  return problems.flatMap((problem) => problem ?? []);
}

async function inputProblem(input: Transfer, world: InputsWorld): Promise<Problem | undefined> {
  const pointer = pointerOf(...parameterAt(input.name));
  try {
    const found = await lookFor(input, world);
    if (found === 'match') return undefined;
    return found === 'nothing' ? { pointer, ...missing(input) } : { pointer, ...unmatched(input) };
  } catch (error) {
    world.signal.throwIfAborted();
    if (world.isPassing?.(error)) throw error;
    const { name, message } = describeError(error);
    return {
      pointer,
      message: `${input.remote} cannot be read (${name}: ${message})`,
      remedy: 'Check the name, and that this role may list and read it',
    };
  }
}

async function lookFor({ remote, filters }: Transfer, { stores, signal }: InputsWorld) {
  const location = parseLocation(remote);
  const { accepts } = compileFilters(filters);
  let listed = 0;
  for await (const { key } of stores.open(location).list(location, signal)) {
    listed += 1;
    if (accepts(key) || listed >= MAX_LISTED) return 'match';
  }
  return listed === 0 ? 'nothing' : 'unmatched';
}

function missing({ remote }: Transfer) {
  return {
    message: `there is nothing at ${remote}`,
    remedy: 'Check bucket and key; a folder needs at least one file in it',
  };
}

function unmatched({ remote, filters }: Transfer) {
  return {
    message: `the filters ${JSON.stringify(filters)} match none of the files at ${remote}`,
    remedy: 'A filter must match the whole path relative to the folder: for "sub/x.csv" write ".*x\\\\.csv"',
  };
}
