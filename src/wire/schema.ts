/**
 * The building stones of every model on the wire: fields in snake_case or camelCase, unknown ones
 * ignored, null for absent, booleans and integers also as strings.
 */
import * as v from 'valibot';
import { type Problem, refuseIfAny } from '../errors';
import { isJsonObject, pointerOf, withoutEmpty } from './json';

/**
 * Says in valibot's own schemas what a building stone accepts as JSON, where its code cannot be looked into.
 * The public JSON Schemas are made from this; nothing is checked with it.
 */
export function accepting<T extends v.GenericSchema>(schema: T, asInput: () => v.GenericSchema): T {
  return Object.assign(schema, { asInput });
}

const TRUE_WORDS = new Set(['true', 't', 'yes', 'y', 'on', '1']);
const FALSE_WORDS = new Set(['false', 'f', 'no', 'n', 'off', '0']);
/** What is read is walked by recursion, and the stack has an end; nobody nests this deep. */
const MAX_NESTING = 500;
const TOO_DEEP = {
  message: `lists and objects are nested more than ${MAX_NESTING} deep`,
  remedy: 'Give the innermost of them as a string, or as a file that is an input',
};
const INTEGER_TEXT = /^\s*[+-]?\d+(\.0*)?\s*$/;

/** A string, and nothing that could be turned into one. */
export function text(expected = 'a string') {
  return v.string(expected);
}

/** A string with something in it. */
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

/** An integer, also as a string; a fraction is refused. */
export function integer(minimum = 0) {
  return parsed<number>(`an integer of at least ${minimum}`, integerInput(minimum), (value) => {
    if (typeof value === 'string' && !INTEGER_TEXT.test(value)) return undefined;
    const number = typeof value === 'string' ? Number(value) : value;
    return Number.isSafeInteger(number) && (number as number) >= minimum ? (number as number) : undefined;
  });
}

export function listOf<T extends v.GenericSchema>(item: T) {
  return v.array(item, 'a list');
}

/** An object whose keys are the user's own. (`v.record` would silently drop `constructor` and the like.) */
export function mapOf<T extends v.GenericSchema>(value: T) {
  const input = v.custom<Record<string, unknown>>(isJsonObject, 'an object');
  return v.pipe(
    accepting(input, () => v.record(v.string(), value)),
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
}

/** A field that may be absent or null, and then has no value. */
export function optional<T extends v.GenericSchema>(schema: T) {
  return v.optional(v.pipe(v.nullable(schema), v.transform(nullToUndefined)));
}

/** One model: known fields by their snake_case or camelCase name, the others ignored. */
export function model<T extends v.ObjectEntries>(entries: T) {
  const input = v.custom<Record<string, unknown>>(isJsonObject, 'an object');
  return v.pipe(
    accepting(input, () => v.object(entries)),
    v.transform((given) => pickFields(given, Object.keys(entries))),
    v.object(entries),
  );
}

/** `snake_case` as a type. */
type CamelCase<S> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S;
type CamelKeys<T> = { [K in keyof T as CamelCase<K>]: Exclude<T[K], undefined> };

/** The same model with its own fields in camelCase and without those that have no value; nested values are left alone. */
export function camelCased<T extends v.GenericSchema<unknown, object>>(schema: T) {
  return v.pipe(
    schema,
    v.transform(
      (fields): CamelKeys<v.InferOutput<T>> =>
        Object.fromEntries(
          Object.entries(withoutEmpty(fields)).map(([name, value]) => [toCamelCase(name), value]),
        ) as CamelKeys<v.InferOutput<T>>,
    ),
  );
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

/** Like {@link readModel}, for who wants to go on and collect more. */
export function tryModel<T extends v.GenericSchema>(
  schema: T,
  value: unknown,
  at: readonly string[] = [],
): { readonly output?: v.InferOutput<T>; readonly problems: readonly Problem[] } {
  if (isTooDeep(value)) return { problems: [{ pointer: pointerOf(...at), ...TOO_DEEP }] };
  const result = v.safeParse(schema, value);
  return result.success
    ? { output: result.output, problems: [] }
    : { problems: result.issues.map((issue) => toProblem(issue, at)) };
}

export function toCamelCase(snake: string): string {
  return snake.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function toSnakeCase(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function pickFields(given: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of names) {
    const spelling = [toCamelCase(name), name].find((candidate) => Object.hasOwn(given, candidate));
    if (spelling !== undefined) picked[name] = given[spelling];
  }
  return picked;
}

function nullToUndefined<T>(value: T | null): T | undefined {
  return value ?? undefined;
}

function flagInput(): v.GenericSchema {
  const letters = (word: string) => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
  const words = [...TRUE_WORDS, ...FALSE_WORDS].map(letters).join('|');
  return v.union([v.boolean(), v.picklist([0, 1]), v.pipe(v.string(), v.regex(new RegExp(`^(${words})$`)))]);
}

function integerInput(minimum: number) {
  return () =>
    v.union([
      v.pipe(v.number(), v.safeInteger(), v.minValue(minimum)),
      v.pipe(v.string(), v.regex(INTEGER_TEXT)),
    ]);
}

function parsed<T>(
  expected: string,
  asInput: () => v.GenericSchema,
  parse: (value: unknown) => T | undefined,
) {
  return v.pipe(
    accepting(v.unknown(), asInput),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      const value = parse(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message: expected });
      return NEVER;
    }),
  );
}

function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth >= MAX_NESTING || Object.values(value).some((item) => isTooDeep(item, depth + 1));
}

function toProblem(issue: v.BaseIssue<unknown>, at: readonly string[]): Problem {
  const keys = (issue.path ?? []).map((item) => item.key as string | number);
  const pointer = pointerOf(...at, ...keys);
  const name = nameOf([...at, ...keys]);
  if (issue.input === undefined) return { pointer, message: `${name} is missing`, remedy: `Add "${name}"` };
  return {
    pointer,
    message: `expected ${issue.message}, got ${describeValue(issue.input)}`,
    remedy: `Give ${issue.message} as "${name}"`,
  };
}

/** `inputs`, or `inputs[2]`. */
function nameOf(keys: readonly (string | number)[]): string {
  const last = keys.findLastIndex((key) => typeof key === 'string');
  const places = keys.slice(last + 1).map((index) => `[${index}]`);
  return `${keys[last] ?? 'the request'}${places.join('')}`;
}

function describeValue(value: unknown): string {
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > 80 ? `${shown.slice(0, 77)}...` : shown;
}
