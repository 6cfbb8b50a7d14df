/** Documents for any schema of the wire, derived from the schema: no list of fields stands here. */
import fc from 'fast-check';
import * as v from 'valibot';
import type { ToJsonSchema } from '../../src/wire/types';
import type { Fields } from '../demand/arbitraries';

/** Values of a field without fields of its own. A field takes those that its schema accepts. */
const VALUES: readonly unknown[] = [
  's3://bucket/key',
  's3://bucket/folder/',
  '/mnt/a folder/',
  'fs-0123:/a',
  'word',
  '',
  'a+.*',
  'arn:aws:states:us-west-2:123456789012:execution:demand:run-1',
  '2026-01-31T12:00:00.000001+01:00',
  0,
  1,
  7,
  90,
  '3',
  0.5,
  1.5,
  true,
  false,
  'no',
  null,
  [{ own_key: 1, ownKey: null }],
  { own_key: 1, ownKey: [null], evaluateOnExit: [{ action: 'EXIT', onReason: '*' }] },
];

/** Keys of maps: names of users, and `FAILED` for `notify_on`. */
const KEYS = ['FAILED', 'own_key', 'ownKey', 'own key', 'constructor'];

/** The parts of valibot's schemas that lead to the schemas inside. */
interface Walkable extends v.GenericSchema {
  readonly toJsonSchema?: ToJsonSchema;
  readonly wrapped?: Walkable;
  readonly item?: Walkable;
  readonly entries?: Readonly<Record<string, Walkable>>;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
}

interface Sampling {
  /** Whether fields that may be absent are absent in some documents. */
  readonly maySkip: boolean;
}

/** Documents that the schema accepts, in snake_case. */
export function documentsOf(schema: v.GenericSchema, sampling: Sampling): fc.Arbitrary<Fields> {
  return valuesOf(schema as Walkable, sampling) as fc.Arbitrary<Fields>;
}

function valuesOf(schema: Walkable, sampling: Sampling): fc.Arbitrary<unknown> {
  return inside(schema, sampling).filter((value) => v.is(schema, value));
}

/** The JSON Schema of a building block has no more than these forms around a schema inside. */
interface Block {
  readonly inner?: Walkable;
  readonly additionalProperties?: Block;
  readonly anyOf?: readonly Block[];
}

function inside(schema: Walkable, sampling: Sampling): fc.Arbitrary<unknown> {
  const { type, wrapped, item, entries, options, literal, toJsonSchema } = schema;
  const block = toJsonSchema?.((inner) => ({ inner })) as Block | undefined;
  const alternatives = block?.anyOf?.flatMap(({ inner }) => inner ?? []) ?? [];
  if (block?.inner !== undefined) return valuesOf(block.inner, sampling);
  if (block?.additionalProperties?.inner !== undefined)
    return mapOf(block.additionalProperties.inner, sampling);
  if (alternatives.length > 0) return anyOf(alternatives, sampling);
  if (entries !== undefined) return fieldsOf(entries, sampling);
  if (item !== undefined) return fc.array(valuesOf(item, sampling), { minLength: 1, maxLength: 2 });
  if (wrapped !== undefined) return valuesOf(wrapped, sampling);
  if (type === 'union') return anyOf(options as readonly Walkable[], sampling);
  if (type === 'picklist') return fc.constantFrom(...(options ?? []));
  if (type === 'literal') return fc.constant(literal);
  const accepted = VALUES.filter((each) => v.is(schema, each));
  if (accepted.length === 0) throw new TypeError(`VALUES has none that a schema of type ${type} accepts`);
  return fc.constantFrom(...accepted);
}

function fieldsOf(entries: Readonly<Record<string, Walkable>>, sampling: Sampling): fc.Arbitrary<unknown> {
  const fields = Object.entries(entries);
  const isOptional = ([, { type }]: (typeof fields)[number]) => sampling.maySkip && type === 'optional';
  const requiredKeys = fields.filter((field) => !isOptional(field)).map(([name]) => name);
  const values = fields.map(([name, field]) => [name, valuesOf(field, sampling)]);
  return fc.record<Fields>(Object.fromEntries(values), { requiredKeys });
}

function mapOf(value: Walkable, sampling: Sampling): fc.Arbitrary<unknown> {
  return fc.dictionary(fc.constantFrom(...KEYS), valuesOf(value, sampling), { minKeys: 1, maxKeys: 2 });
}

/** Without skipping, a list where one is possible: it alone may have fields inside. */
function anyOf(options: readonly Walkable[], sampling: Sampling): fc.Arbitrary<unknown> {
  const list = options.find(({ item }) => item !== undefined);
  const chosen = sampling.maySkip || list === undefined ? options : [list];
  return fc.oneof(...chosen.map((option) => valuesOf(option, sampling)));
}
