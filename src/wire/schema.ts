/**
 * The building blocks of every model on the wire. One schema gives the TypeScript type (`v.InferOutput`), the reader
 * ({@link readModel}) and the writer ({@link writeModel}).
 *
 * The reader takes fields in snake_case or camelCase, ignores unknown fields, takes null for an absent field, and
 * takes booleans and integers also as strings. The writer has one form: snake_case, without absent fields.
 */
import * as v from 'valibot';
import { type Problem, refuseIfAny } from '../errors';
import { isJsonObject } from './json';
import { toSnakeCase } from './names';
import { nestingProblem, toProblem } from './problems';
import type { Codec, Model, ToJsonSchema, Wire } from './types';

const TRUE_WORDS = new Set(['true', 't', 'yes', 'y', 'on', '1']);
const FALSE_WORDS = new Set(['false', 'f', 'no', 'n', 'off', '0']);
const INTEGER_TEXT = /^\s*[+-]?\d+(\.0*)?\s*$/;

/**
 * Describes as JSON Schema what a building block accepts. The public JSON Schemas need it, because they cannot look
 * into the code of a check. No value is checked with it. (It is JSON, because valibot's schemas would be bundled.)
 */
export function accepting<T extends v.GenericSchema>(schema: T, toJsonSchema: ToJsonSchema): T {
  return Object.assign(schema, { toJsonSchema });
}

/**
 * Gives a schema its own writer: the inverse of a transformation that the schema makes on reading. A schema without a
 * transformation needs no writer.
 */
export function writing<T extends v.GenericSchema>(
  schema: T,
  write: (value: v.InferOutput<T>) => unknown,
): T {
  return Object.assign(schema, { write });
}

/** A string. Nothing else is converted to a string. */
export function text(expected = 'a string') {
  return v.string(expected);
}

export function requiredText() {
  return v.pipe(text(), v.minLength(1, 'a string that is not empty'));
}

/** `true`, `false`, 0, 1 or a word for them in any case. */
export function flag() {
  return parsed<boolean>('a boolean', flagInput, (value) => {
    if (typeof value === 'boolean') return value;
    // A list of one word would read like the word, and an object may not turn into a text at all.
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    const word = String(value).toLowerCase();
    if (TRUE_WORDS.has(word)) return true;
    return FALSE_WORDS.has(word) ? false : undefined;
  });
}

/** An integer, also as a string. A fraction is refused. */
export function integer(minimum = 0) {
  return parsed<number>(`an integer of at least ${minimum}`, integerInput(minimum), (value) => {
    if (typeof value === 'string' && !INTEGER_TEXT.test(value)) return undefined;
    const number = typeof value === 'string' ? Number(value) : value;
    return Number.isSafeInteger(number) && (number as number) >= minimum ? (number as number) : undefined;
  });
}

export function listOf<T extends v.GenericSchema>(item: T) {
  return v.array(item, 'a list') as v.GenericSchema as Codec<readonly v.InferOutput<T>[], readonly Wire<T>[]>;
}

/**
 * A list, or another form in its place. The problems of a list are those of its items. (`v.union` would only say that
 * no option fits.)
 */
export function listOr<T extends v.GenericSchema, U extends v.GenericSchema>(item: T, other: U) {
  const list: v.GenericSchema = listOf(item);
  const choose = (value: unknown) => (Array.isArray(value) ? list : other);
  const schema = accepting(v.lazy(choose), (convert) => ({ anyOf: [convert(other), convert(list)] }));
  return writing(schema, (value) => write(choose(value), value)) as v.GenericSchema as Codec<
    readonly v.InferOutput<T>[] | v.InferOutput<U>,
    readonly Wire<T>[] | Wire<U>
  >;
}

/** An object whose keys are the user's own. (`v.record` would silently drop `constructor` and the like.) */
export function mapOf<T extends v.GenericSchema>(value: T) {
  const input = v.custom<Record<string, unknown>>(isJsonObject, 'an object');
  const map = v.pipe(
    accepting(input, (convert) => ({ type: 'object', additionalProperties: convert(value) })),
    v.rawTransform<Record<string, unknown>, Record<string, v.InferOutput<T>>>(
      ({ dataset, addIssue, NEVER }) => {
        const items = Object.entries(dataset.value).map(([key, item]) => ({
          key,
          result: v.safeParse(value, item),
        }));
        for (const { key, result } of items) {
          for (const issue of result.issues ?? []) {
            const step = {
              type: 'object',
              origin: 'value',
              input: dataset.value,
              key,
              value: issue.input,
            } as const;
            addIssue({ message: issue.message, input: issue.input, path: [step] });
          }
        }
        if (items.some(({ result }) => !result.success)) return NEVER;
        return Object.fromEntries(items.map(({ key, result }) => [key, result.output]));
      },
    ),
  );
  const codec = writing(map, (items) =>
    Object.fromEntries(Object.entries(items).map(([key, item]) => [key, write(value, item)])),
  );
  return codec as v.GenericSchema as Codec<Record<string, v.InferOutput<T>>, Record<string, Wire<T>>>;
}

/** The wire name of a field in the events of AWS: camelCase there as well. */
export const AS_IN_CODE = (field: string) => field;

/** A field that may be absent or null. The value is then undefined. */
export function optional<T extends v.GenericSchema>(schema: T) {
  const field = v.pipe(v.nullable(schema), v.transform(nullToUndefined));
  return v.optional(field as v.GenericSchema as Codec<v.InferOutput<T> | undefined, Wire<T>>);
}

/**
 * One model. Its fields have camelCase names in the code and snake_case names on the wire; the reader takes both.
 *
 * @param fields a schema for each field, by camelCase name. The docstring of a field stands here.
 * @param toWireName for a model of somebody else; {@link AS_IN_CODE} for the events of AWS
 */
export function model<T extends v.ObjectEntries>(fields: T, toWireName = toSnakeCase): Model<T> {
  const names = Object.keys(fields).map((field) => ({ field, wire: toWireName(field) }));
  const onWire = v.object(
    Object.fromEntries(names.map(({ field, wire }) => [wire, fields[field] as T[string]])),
  );
  const input = v.custom<Record<string, unknown>>(isJsonObject, 'an object');
  const schema = v.pipe(
    accepting(input, (convert) => convert(onWire)),
    v.transform((given) => pickFields(given, names)),
    onWire,
    v.transform((values: Record<string, unknown>) => collect(names, 'field', ({ wire }) => values[wire])),
  );
  const codec = writing(schema, (values) =>
    collect(names, 'wire', ({ field }) => write(fields[field] as T[string], values[field])),
  );
  return codec as v.GenericSchema as Model<T>;
}

/**
 * Reads a request, or refuses it with every mistake at once.
 *
 * @throws DemandValidationError
 */
export function readModel<T extends v.GenericSchema>(
  schema: T,
  value: unknown,
  at: readonly string[] = [],
): v.InferOutput<T> {
  const { output, problems } = tryModel(schema, value, at);
  refuseIfAny(problems);
  return output;
}

/** Like {@link readModel}, for a caller that goes on and collects more problems. */
export function tryModel<T extends v.GenericSchema>(
  schema: T,
  value: unknown,
  at: readonly string[] = [],
): { readonly output?: v.InferOutput<T>; readonly problems: readonly Problem[] } {
  const tooDeep = nestingProblem(value, at);
  if (tooDeep !== undefined) return { problems: [tooDeep] };
  const result = v.safeParse(schema, value);
  return result.success
    ? { output: result.output, problems: [] }
    : { problems: result.issues.map((issue) => toProblem(issue, at)) };
}

/**
 * Writes a model as it stands on the wire: every field of the schema in its order, defaults included, absent fields
 * left out. Properties that the schema does not name are left out as well.
 */
export function writeModel<T extends v.GenericSchema>(schema: T, value: v.InferOutput<T>): Wire<T> {
  return write(schema, value) as Wire<T>;
}

/** The parts of valibot's schemas that lead to the schema of a value inside. */
interface Walkable {
  readonly write?: (value: unknown) => unknown;
  readonly pipe?: readonly { readonly kind: string }[];
  /** The schema inside `v.optional` or `v.nullable`. */
  readonly wrapped?: v.GenericSchema;
  /** The schema of the items of a list. */
  readonly item?: v.GenericSchema;
}

function write(schema: v.GenericSchema, value: unknown): unknown {
  if (value === undefined) return undefined;
  const { write: own, pipe, wrapped, item } = schema as Walkable;
  if (own !== undefined) return own(value);
  const last = pipe?.findLast(({ kind }) => kind === 'schema') as v.GenericSchema | undefined;
  const inside = last ?? wrapped;
  if (inside !== undefined) return write(inside, value);
  return item !== undefined && Array.isArray(value) ? value.map((each) => write(item, each)) : value;
}

interface FieldName {
  readonly field: string;
  readonly wire: string;
}

/** Returns an object with the values that are not undefined. */
function collect(names: readonly FieldName[], to: keyof FieldName, read: (name: FieldName) => unknown) {
  const collected: Record<string, unknown> = {};
  for (const name of names) {
    const value = read(name);
    if (value !== undefined) collected[name[to]] = value;
  }
  return collected;
}

function pickFields(given: Record<string, unknown>, names: readonly FieldName[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const { field, wire } of names) {
    const spelling = [field, wire].find((candidate) => Object.hasOwn(given, candidate));
    if (spelling !== undefined) picked[wire] = given[spelling];
  }
  return picked;
}

function nullToUndefined<T>(value: T | null): T | undefined {
  return value ?? undefined;
}

function flagInput() {
  const letters = (word: string) => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
  const words = [...TRUE_WORDS, ...FALSE_WORDS].map(letters).join('|');
  return {
    anyOf: [
      { type: 'boolean' },
      { enum: [0, 1], type: 'number' },
      { type: 'string', pattern: `^(${words})$` },
    ],
  };
}

function integerInput(minimum: number) {
  const maximum = Number.MAX_SAFE_INTEGER;
  return () => ({
    anyOf: [
      { type: 'integer', minimum, maximum },
      { type: 'string', pattern: INTEGER_TEXT.source },
    ],
  });
}

function parsed<T>(expected: string, toJsonSchema: ToJsonSchema, parse: (value: unknown) => T | undefined) {
  return v.pipe(
    accepting(v.unknown(), toJsonSchema),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      const value = parse(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message: expected });
      return NEVER;
    }),
  );
}
