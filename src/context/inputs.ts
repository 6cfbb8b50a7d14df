/** Checks that the inputs of a demand exist, before anything is created for the demand. */
import type { ParameterTransfer } from '../demand/parameters';
import { parameterAt } from '../demand/refusals';
import { describeError, type Problem } from '../errors';
import { compileFilters, findFilterProblems } from '../transfer/filters';
import type { Location } from '../transfer/location';
import type { Stores } from '../transfer/store';
import { pointerOf } from '../wire/json';
import { shorten } from '../wire/problems';

/** Files of an input that the check reads. When none of them matches, the transfer itself tells: a check must be fast. */
const MAX_LISTED = 100_000;
/** Steps of all filters of a demand, about ten seconds in the function. Beyond them the transfer itself tells, too. */
const MAX_STEPS = 200_000_000;
/** Steps that a listed file counts without a filter. */
const LISTING_STEPS = 1_000;
/** Characters of filters in a message. */
const SHOWN_FILTERS = 500;

/** The cause of a failed listing: a mistake in the demand, a passing failure, or missing rights of the caller. */
export type ErrorVerdict = 'mistake' | 'passing' | 'unknown';

export interface InputsWorld {
  readonly stores: Stores;
  readonly signal: AbortSignal;
  /** Judges an error of the store. By default every error is a mistake. */
  readonly verdictOn?: (error: unknown) => ErrorVerdict;
  /** Ends the check early. Inputs that are not checked by then have no problem: the transfer itself tells. */
  readonly deadline?: AbortSignal;
  /** Says where a missing input was looked for, and how to bring it there. By default the remedy names bucket and key. */
  readonly remedyFor?: (location: Location) => string | undefined;
}

/**
 * Returns the problems of the inputs: a missing or empty input, filters without a match, or an unreadable input. An input
 * with the verdict `unknown` has no problem.
 *
 * @throws an error of the store with the verdict `passing`
 */
export async function inputProblems(
  inputs: readonly ParameterTransfer[],
  world: InputsWorld,
): Promise<Problem[]> {
  // The reader of the demand has already reported invalid regular expressions.
  const valid = inputs.filter(({ filters }) => findFilterProblems(filters).length === 0);
  const budget = { steps: MAX_STEPS };
  const problems = await Promise.all(valid.map((input) => inputProblem(input, budget, world)));
  return problems.flatMap((problem) => problem ?? []);
}

/** The steps that are left for all inputs. */
interface Budget {
  steps: number;
}

async function inputProblem(
  input: ParameterTransfer,
  budget: Budget,
  world: InputsWorld,
): Promise<Problem | undefined> {
  const pointer = pointerOf(...parameterAt(input.name));
  try {
    const found = await lookFor(input, budget, world);
    if (found === 'match') return undefined;
    return found === 'nothing' ? { pointer, ...missing(input, world) } : { pointer, ...unmatched(input) };
  } catch (error) {
    world.signal.throwIfAborted();
    if (world.deadline?.aborted === true) return undefined;
    const verdict = world.verdictOn?.(error) ?? 'mistake';
    if (verdict === 'passing') throw error;
    return verdict === 'unknown' ? undefined : { pointer, ...unreadable(input, error) };
  }
}

async function lookFor(
  { location, filters }: ParameterTransfer,
  budget: Budget,
  { stores, signal, deadline }: InputsWorld,
) {
  const { accepts, stepsFor, firstSteps } = compileFilters(filters);
  budget.steps -= firstSteps;
  const until = deadline === undefined ? signal : AbortSignal.any([signal, deadline]);
  let listed = 0;
  for await (const { key } of stores.open(location).list(location, until)) {
    listed += 1;
    budget.steps -= LISTING_STEPS + stepsFor(key.length);
    if (budget.steps < 0 || listed >= MAX_LISTED || accepts(key)) return 'match';
  }
  return listed === 0 ? 'nothing' : 'unmatched';
}

function missing({ remote, location }: ParameterTransfer, { remedyFor }: InputsWorld) {
  return {
    message: `${remote} does not exist or is empty`,
    remedy: remedyFor?.(location) ?? 'Check bucket and key; a folder needs at least one file in it',
  };
}

function unreadable({ remote }: ParameterTransfer, error: unknown) {
  const { name, message } = describeError(error);
  return {
    message: `${remote} cannot be read (${name}: ${message})`,
    remedy: 'Check the name, and the permission of this role to list and read it',
  };
}

function unmatched({ remote, filters }: ParameterTransfer) {
  return {
    message: `the filters ${shorten(JSON.stringify(filters), SHOWN_FILTERS)} match none of the files at ${remote}`,
    remedy: 'A filter must match the whole path relative to the folder: for "sub/x.csv" write ".*x\\\\.csv"',
  };
}
