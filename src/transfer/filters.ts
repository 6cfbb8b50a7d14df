/** Filters of a transfer: regular expressions for the paths of the source's files. */
import * as v from 'valibot';
import { type Problem, refuseIfAny } from '../errors';
import { compilePythonRegex, type Matching } from '../python/regex';
import { pointerOf } from '../wire/json';
import { listOf, model, optional, text } from '../wire/schema';

const patterns = optional(v.union([text(), listOf(text())], 'a regular expression or a list of them'));

/** Python regular expressions, matched against the whole path relative to the filter root. */
export const FILTERS = {
  include: patterns,
  /** A file that matches both is excluded. */
  exclude: patterns,
};

export const filtersSchema = model(FILTERS);

export type Filters = v.InferOutput<typeof filtersSchema>;

export interface CompiledFilters {
  /** @param relativePath names with `/` between them, without `/` at the start or the end */
  accepts(relativePath: string): boolean;
  /** There is no filter, so every path is accepted. */
  readonly isEmpty: boolean;
}

/**
 * Compiles filters. An empty text or an empty list counts as an absent filter.
 *
 * @throws DemandValidationError naming every pattern that is not a regular expression
 */
export function compileFilters(filters: Filters = {}, matching: Matching = 'whole'): CompiledFilters {
  refuseIfAny(findFilterProblems(filters));
  const compile = (pattern: string) => compilePythonRegex(pattern, matching);
  const include = patternsOf(filters.include).map(compile);
  const exclude = patternsOf(filters.exclude).map(compile);
  return {
    isEmpty: include.length + exclude.length === 0,
    accepts: (path) =>
      (include.length === 0 || include.some((regex) => regex.test(path))) &&
      !exclude.some((regex) => regex.test(path)),
  };
}

/** Returns one problem for each bad pattern. `at` is the JSON pointer of the filters. */
export function findFilterProblems(filters: Filters, at = '/filter_config'): readonly Problem[] {
  return (['include', 'exclude'] as const).flatMap((side) => {
    const given = filters[side];
    return patternsOf(given).flatMap((pattern, index) => {
      const reason = explainFilter(pattern);
      if (reason === undefined) return [];
      const pointer = `${at}${typeof given === 'string' ? pointerOf(side) : pointerOf(side, index)}`;
      return [{ pointer, message: `"${pattern}" ${reason}`, remedy: REMEDY }];
    });
  });
}

const REMEDY = "Give a regular expression of Python's re that matches the whole relative path, not a glob";

/** Returns the reason why a pattern cannot be a filter; undefined for a usable pattern. */
export function explainFilter(pattern: string): string | undefined {
  try {
    compilePythonRegex(pattern);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // V8 repeats the translated pattern, which the user does not know.
    return error instanceof SyntaxError
      ? `is not a regular expression: ${reason.slice(reason.lastIndexOf(': ') + 2)}`
      : reason;
  }
}

function patternsOf(side: Filters['include']): readonly string[] {
  if (typeof side !== 'string') return side ?? [];
  return side === '' ? [] : [side];
}
