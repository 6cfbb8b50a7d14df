/** The requests of the functions for paths and documents: one schema for each, with the defaults. */
import * as v from 'valibot';
import { unsafeNumbers } from '../demand/refusals';
import { refuseIfAny } from '../errors';
import { formatMoment, parseMoment } from '../python/time';
import { explainFilter } from '../transfer/filters';
import { location } from '../transfer/location-schema';
import { accepting, integer, listOf, model, optional, text, tryModel, writing } from '../wire/schema';

const DAYS_TEXT = /^\s*[+]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;
const PATTERN = "a regular expression of Python's re for the beginning of a path, not a glob";

const pattern = v.pipe(
  text(),
  v.check((given) => explainFilter(given) === undefined, PATTERN),
);
const patterns = optional(v.union([pattern, listOf(pattern)], 'a regular expression or a list of them'));

export const getDataPathStatsRequestSchema = model({ path: location() });

export const listDataPathsRequestSchema = model({ path: location(), include: patterns, exclude: patterns });

export const outdatedDataPathScannerRequestSchema = model({
  path: location(),
  daysSinceLastAccessed: v.optional(days(), 0),
  maxDepth: optional(integer()),
  minDepth: optional(integer()),
  /** Bytes. */
  minSizeBytesAllowed: v.optional(integer(), 0),
  /** Microseconds since 1970; absent means now. */
  currentTime: v.optional(moment()),
});

export const getJsonFromFileRequestSchema = model({ path: location() });

const DOCUMENT = { content: jsonValue() };
export const putJsonToFileRequestSchema = model({ ...DOCUMENT, path: optional(location()) });

export type PutJsonToFileRequest = v.InferOutput<typeof putJsonToFileRequestSchema>;

/**
 * Reads the request to write a document.
 *
 * @throws DemandValidationError with all mistakes, also for numbers in the content that have lost digits
 */
export function readPutJsonToFileRequest(value: unknown): PutJsonToFileRequest {
  const { output, problems } = tryModel(putJsonToFileRequestSchema, value);
  const document = tryModel(model(DOCUMENT), value).output;
  refuseIfAny([...problems, ...unsafeNumbers(document?.content, ['content'])]);
  return output as PutJsonToFileRequest;
}

/** A number of days, also as a string. Fractions are valid. */
export function days() {
  return v.pipe(
    accepting(v.unknown(), () => ({
      anyOf: [
        { type: 'number', minimum: 0 },
        { type: 'string', pattern: DAYS_TEXT.source },
      ],
    })),
    v.rawTransform<unknown, number>(({ dataset, addIssue, NEVER }) => {
      const given = dataset.value;
      const number = typeof given === 'string' && DAYS_TEXT.test(given) ? Number(given) : given;
      if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number;
      addIssue({ message: 'a number of at least 0' });
      return NEVER;
    }),
  );
}

/** A moment: a text with its offset from UTC, or a number of seconds or milliseconds since 1970. */
function moment() {
  const schema = v.pipe(
    accepting(v.unknown(), () => ({ anyOf: [{ type: 'string' }, { type: 'number' }] })),
    v.rawTransform<unknown, number>(({ dataset, addIssue, NEVER }) => {
      const microseconds = parseMoment(dataset.value);
      if (microseconds !== undefined) return microseconds;
      addIssue({ message: 'a time such as 2026-01-31T12:00:00Z, with its offset from UTC' });
      return NEVER;
    }),
  );
  return writing(schema, formatMoment);
}

/** Any JSON value, also null. Only an absent value is a mistake. */
function jsonValue() {
  return v.custom<unknown>((value) => value !== undefined, 'a JSON value');
}
