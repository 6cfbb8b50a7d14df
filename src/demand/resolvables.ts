/**
 * Reads and writes inputs and outputs. The forms are `"remote @ local"` (an input), `"local @ remote"` (an output), one
 * side alone, and an object with filters.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Problem } from '../errors';
import { FILTERS, type Filters, findFilterProblems } from '../transfer/filters';
import { pointerOf, withoutEmpty } from '../wire/json';
import { shorten } from '../wire/problems';
import { model, requiredText, tryModel } from '../wire/schema';

export type Direction = 'input' | 'output';

/** One input or output. Its `local` and `remote` can contain references. */
export interface Resolvable {
  readonly direction: Direction;
  /** Absent for an input with a remote alone. The local name is then computed from the remote. */
  readonly local?: string;
  /** Absent for an output with a local alone. The remote is then below the demand's `output_s3_prefix`. */
  readonly remote?: string;
  readonly filters: Filters;
}

const ACTIONS = { input: 'LOCALIZE', output: 'DELOCALIZE' } as const;
/** Characters of a value in a message. */
const SHOWN = 500;
const WORD = /^\S+$/;

const objectForm = {
  input: objectSchema('input'),
  output: objectSchema('output'),
};

/** The fields of an input or output that is an object. */
export const RESOLVABLE_FIELDS: readonly string[] = ['local', 'remote', 'action', ...Object.keys(FILTERS)];

function objectSchema(direction: Direction) {
  const action = ACTIONS[direction];
  return model({
    local: requiredText(),
    remote: requiredText(),
    ...FILTERS,
    action: v.optional(v.literal(action, `"${action}"`), action),
  });
}

/**
 * Reads the value of a parameter that is an input or output.
 *
 * @param at the path of the parameter in the demand
 * @returns no `resolvable` when the value has the wrong form
 */
export function readResolvable(
  direction: Direction,
  value: unknown,
  at: readonly string[],
): { readonly resolvable?: Resolvable; readonly problems: readonly Problem[] } {
  if (typeof value === 'string') return readWords(direction, value, at);
  const { output, problems } = tryModel(objectForm[direction], value, at);
  if (output === undefined) return { problems };
  const { local, remote, include, exclude } = output;
  const filters = withoutEmpty({ include: given(include), exclude: given(exclude) });
  return {
    resolvable: { direction, local, remote, filters },
    problems: findFilterProblems(filters, pointerOf(...at)),
  };
}

/** Returns the local name of an input without one: `tmp` and the first 8 hexadecimal digits of the remote's SHA-256. */
export function localNameOf(remote: string): string {
  return `tmp${createHash('sha256').update(remote).digest('hex').slice(0, 8)}`;
}

/** Writes an input or output: a string when it has no filters, else an object. */
export function writeResolvable(direction: Direction, local: string, remote: string, filters: Filters) {
  if (filters.include !== undefined || filters.exclude !== undefined)
    return { local, remote, ...filters, action: ACTIONS[direction] };
  return direction === 'input' ? `${remote} @ ${local}` : `${local} @ ${remote}`;
}

function readWords(direction: Direction, value: string, at: readonly string[]) {
  const sides = value.split(' @ ');
  const [first = '', second] = sides;
  if (sides.length > 2 || !sides.every((side) => WORD.test(side)))
    return { problems: [malformed(direction, value, at)] };
  const [local, remote] = direction === 'input' ? [second, first] : [first, second];
  return { resolvable: { direction, ...withoutEmpty({ local, remote }), filters: {} }, problems: [] };
}

function malformed(direction: Direction, value: string, at: readonly string[]): Problem {
  const form = direction === 'input' ? 's3://bucket/key @ local' : 'local @ s3://bucket/key';
  return {
    pointer: pointerOf(...at),
    message: `"${shorten(value, SHOWN)}" does not have the form "${form}"`,
    remedy: 'Write two words without white space around one " @ ", or an object with local and remote',
  };
}

function given(filter: Filters[keyof Filters]) {
  return filter === undefined || filter.length === 0 ? undefined : filter;
}
