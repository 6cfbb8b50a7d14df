/** Filters of a transfer: regular expressions for the paths of the source's files. */
import * as v from 'valibot';
import { type Problem, refuseIfAny } from '../errors';
import {
  compilePythonRegex,
  LONG_TEXT,
  type Matching,
  MOST_STEPS,
  type PythonRegex,
  type RegexOptions,
} from '../python/regex';
import { pointerOf } from '../wire/json';
import { shorten } from '../wire/problems';
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
  /** Returns the most steps of V8's engine that {@link accepts} may take for a path of this length. */
  stepsFor(length: number): number;
  /** The steps of the first call of {@link accepts} besides: it compiles the patterns. */
  readonly firstSteps: number;
  /** There is no filter, so every path is accepted. */
  readonly isEmpty: boolean;
}

/** Patterns of one transfer. Each path is matched with each of them. */
const MOST_PATTERNS = 1_000;
/** Steps of all patterns for one long path, two seconds. Those that V8 matches need at most {@link MOST_STEPS} together. */
const MOST_STEPS_OF_ALL = 200_000_000;
/** Unicode properties of all patterns. V8 compiles them in about a second, and the result has about 150 MB. */
const MOST_PROPERTIES = 2_000;
const REMEDY = "Give a regular expression of Python's re that matches the whole relative path, not a glob";
const TOO_MANY = {
  message: `the filters have more than ${MOST_PATTERNS} patterns`,
  remedy: 'Join patterns with "|", or give a transfer for each folder',
};
const TOO_MUCH = {
  message: `the filters are too large: a path of ${LONG_TEXT} characters needs more than ${MOST_STEPS_OF_ALL} steps`,
  remedy: 'Give fewer or simpler patterns: with fewer repetitions, and without repeated groups',
};

const TOO_MANY_CLASSES = {
  message: `the filters have too many classes of Unicode: "\\w" counts 2, "\\d" 1 and "\\b" 8, and they have more than ${MOST_PROPERTIES}`,
  remedy:
    'Begin a pattern with "(?a)", so that its classes have ASCII characters alone, or give fewer patterns',
};

/**
 * Compiles filters. An empty text or an empty list counts as an absent filter.
 *
 * @throws DemandValidationError naming every pattern that is not a regular expression, or filters that are too large
 */
export function compileFilters(filters: Filters = {}, matching: Matching = 'whole'): CompiledFilters {
  const { include, exclude, problems } = tryFilters(filters, matching);
  refuseIfAny(problems);
  const all = [...include, ...exclude];
  return {
    isEmpty: all.length === 0,
    stepsFor: (length) => all.reduce((sum, regex) => sum + regex.stepsFor(length), 0),
    firstSteps: all.reduce((sum, regex) => sum + regex.firstSteps, 0),
    accepts: (path) =>
      (include.length === 0 || include.some((regex) => regex.test(path))) &&
      !exclude.some((regex) => regex.test(path)),
  };
}

/** Returns one problem for each bad pattern, or a problem of all patterns. `at` is the JSON pointer of the filters. */
export function findFilterProblems(filters: Filters, at = '/filter_config'): readonly Problem[] {
  return tryFilters(filters, 'whole', at).problems;
}

/** Returns the reason why a pattern cannot be a filter; undefined for a usable pattern. */
export function explainFilter(pattern: string): string | undefined {
  const compiled = tryPattern(pattern, {});
  return typeof compiled === 'string' ? compiled : undefined;
}

function tryFilters(filters: Filters, matching: Matching, at = '/filter_config') {
  const count = patternsOf(filters.include).length + patternsOf(filters.exclude).length;
  const none = { include: [], exclude: [] };
  if (count > MOST_PATTERNS) return { ...none, problems: [{ pointer: at, ...TOO_MANY }] };
  const options = { matching, mostSteps: MOST_STEPS / count };
  const problems: Problem[] = [];
  const compileSide = (side: keyof Filters) =>
    patternsOf(filters[side]).flatMap((pattern, index) => {
      const compiled = tryPattern(pattern, options);
      if (typeof compiled !== 'string') return [compiled];
      const pointer = `${at}${typeof filters[side] === 'string' ? pointerOf(side) : pointerOf(side, index)}`;
      problems.push({ pointer, message: `"${shorten(pattern)}" ${compiled}`, remedy: REMEDY });
      return [];
    });
  const [include, exclude] = [compileSide('include'), compileSide('exclude')];
  const all = [...include, ...exclude];
  const steps = all.reduce((sum, regex) => sum + regex.stepsFor(LONG_TEXT), 0);
  const properties = all.reduce((sum, regex) => sum + regex.properties, 0);
  if (steps > MOST_STEPS_OF_ALL) problems.push({ pointer: at, ...TOO_MUCH });
  if (properties > MOST_PROPERTIES) problems.push({ pointer: at, ...TOO_MANY_CLASSES });
  return { include, exclude, problems };
}

/** @returns the compiled pattern, or the reason why it cannot be a filter */
function tryPattern(pattern: string, options: RegexOptions): PythonRegex | string {
  try {
    return compilePythonRegex(pattern, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // The message also has the translated pattern, which the user does not know.
    const [told = ''] = reason.slice(reason.lastIndexOf(': ') + 2).split('\n');
    return error instanceof SyntaxError ? `is not a regular expression: ${told}` : reason;
  }
}

function patternsOf(side: Filters['include']): readonly string[] {
  if (typeof side !== 'string') return side ?? [];
  return side === '' ? [] : [side];
}
