/** Looks whether the inputs of a demand are there, before anything is made for it. */
import type { Transfer } from '../demand/parameters';
import { parameterAt } from '../demand/refusals';
import { describeError, type Problem } from '../errors';
import { compileFilters, findFilterProblems } from '../transfer/filters';
import type { Stores } from '../transfer/store';
import { pointerOf } from '../wire/json';

/** Where so many files match no filter, the transfer itself will tell: a check must not take minutes. */
const MAX_LISTED = 100_000;

/** What it says that an input cannot be listed: something of the demand, of the moment, or of who has asked. */
export type ErrorVerdict = 'mistake' | 'passing' | 'unknown';

export interface InputsWorld {
  readonly stores: Stores;
  readonly signal: AbortSignal;
  /** Everything is a mistake by default. */
  readonly verdictOn?: (error: unknown) => ErrorVerdict;
}

/**
 * What is wrong with the inputs: nothing there, no filter matching, not allowed to look. What is unknown is nothing.
 *
 * @throws what is passing: it is no mistake of the demand
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
    const verdict = world.verdictOn?.(error) ?? 'mistake';
    if (verdict === 'passing') throw error;
    return verdict === 'unknown' ? undefined : { pointer, ...unreadable(input, error) };
  }
}

async function lookFor({ location, filters }: Transfer, { stores, signal }: InputsWorld) {
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

function unreadable({ remote }: Transfer, error: unknown) {
  const { name, message } = describeError(error);
  return {
    message: `${remote} cannot be read (${name}: ${message})`,
    remedy: 'Check the name, and that this role may list and read it',
  };
}

function unmatched({ remote, filters }: Transfer) {
  return {
    message: `the filters ${JSON.stringify(filters)} match none of the files at ${remote}`,
    remedy: 'A filter must match the whole path relative to the folder: for "sub/x.csv" write ".*x\\\\.csv"',
  };
}
