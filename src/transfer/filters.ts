/** Regular expressions that choose files of a source by their paths. */
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
  /** @param relativePath names with `/` between them, without `/` at the beginning or the end */
  accepts(relativePath: string): boolean;
  /** There is no filter, so every file is accepted. */
  readonly isEmpty: boolean;
}

/**
 * Compiles filters. An empty text or list is no filter.
 *
 * @throws DemandValidationError with a problem for each pattern that is no regular expression
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

/** Returns a problem for each bad pattern, with a pointer below `at`. */
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

/** Returns the reason why a pattern is no filter; undefined for a good pattern. */
export function explainFilter(pattern: string): string | undefined {
  try {
    compilePythonRegex(pattern);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // V8 repeats the translated pattern, which the user did not write.
    return error instanceof SyntaxError
      ? `is no regular expression: ${reason.slice(reason.lastIndexOf(': ') + 2)}`
      : reason;
  }
}

function patternsOf(side: Filters['include']): readonly string[] {
  if (typeof side !== 'string') return side ?? [];
  return side === '' ? [] : [side];
}
