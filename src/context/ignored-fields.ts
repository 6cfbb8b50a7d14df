/** Finds the fields of a request that the contract ignores. Often such a field is misspelt, and its author counts on it. */
import requestSchema from '../../schemas/generated/prepare-demand-scaffolding-request.schema.json';
import { environmentName } from '../demand/names';
import { RESOLVABLE_FIELDS } from '../demand/resolvables';
import type { Problem } from '../errors';
import { visible } from '../visible';
import { nearNames } from '../wire/closest';
import { isJsonObject, pointerOf } from '../wire/json';
import { toCamelCase } from '../wire/names';
import { isScaffoldingRequest, readField } from './request';

/** Fields that become problems. A demand with more of them has its first ones told. */
const MOST_PROBLEMS = 100;

/** The parts of JSON Schema that place fields in the public schemas. */
interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface IgnoredField {
  readonly pointer: string;
  readonly name: string;
  /** The names of all fields that are read there, in both spellings. */
  readonly known: readonly string[];
}

type At = readonly (string | number)[];

/** Fields that no schema has: editors read `$schema`, and the state machine `resumes`. */
const READ_ELSEWHERE = new Set(['/$schema', '/resumes']);

const REQUEST = requestSchema as Schema;
const DEMAND = REQUEST.properties?.demand_execution ?? {};

/** Returns pointers of the fields of a demand or a scaffolding request that nothing reads. */
export function ignoredFields(document: unknown): string[] {
  return findIgnored(document).map(({ pointer }) => pointer);
}

/**
 * Returns a problem for each ignored field whose name is near the name of a field. A whole execution refuses it: a demand
 * with `output` in place of `outputs` would succeed and store nothing. The contract ignores it.
 */
export function misspeltFields(document: unknown): Problem[] {
  return findIgnored(document).flatMap(misspelling).slice(0, MOST_PROBLEMS);
}

function misspelling({ pointer, name, known }: IgnoredField): Problem[] {
  const shown = JSON.stringify(visible(name));
  if (known.includes(name)) {
    const message = `the request has ${shown} and "${toCamelCase(name)}", and nothing reads ${shown} then`;
    return [{ pointer, message, remedy: `Remove one of both` }];
  }
  const near = nearNames(name, known.filter(isSpelledAs(name)));
  if (near.length === 0) return [];
  const suggestions = near.map((each) => `"${each}"`).join(' or ');
  return [
    { pointer, message: `nothing reads a field ${shown} there`, remedy: `Did you mean ${suggestions}?` },
  ];
}

/** A suggestion has the spelling of the given name: camelCase with a capital letter, else snake_case. */
function isSpelledAs(name: string): (known: string) => boolean {
  const hasCapital = /[A-Z]/.test(name);
  return (known) => (hasCapital ? known === toCamelCase(known) : !/[A-Z]/.test(known));
}

function findIgnored(document: unknown): IgnoredField[] {
  const isRequest = isScaffoldingRequest(document);
  const demand = isRequest ? readField(document, 'demand_execution') : document;
  const place = isRequest ? ['demand_execution' in document ? 'demand_execution' : 'demandExecution'] : [];
  return [
    ...ignoredIn(document, [isRequest ? REQUEST : DEMAND], []),
    ...ignoredInFilters(demand, place),
  ].filter(({ pointer }) => !READ_ELSEWHERE.has(pointer));
}

function ignoredIn(value: unknown, alternatives: readonly Schema[], at: At): IgnoredField[] {
  const schemas = alternatives.flatMap(expand);
  if (Array.isArray(value)) {
    const items = schemas.flatMap((schema) => schema.items ?? []);
    return value.flatMap((item, index) => ignoredIn(item, items, [...at, index]));
  }
  const models = schemas.flatMap(({ properties }) => (properties === undefined ? [] : [properties]));
  // Without named fields the keys are the user's own.
  if (!isJsonObject(value) || models.length === 0) return [];
  const names = models.flatMap(Object.keys);
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = models.flatMap((fields) => (Object.hasOwn(fields, name) ? (fields[name] ?? []) : []));
    const isIgnored = known.length === 0 || hasOtherSpelling(value, name);
    return isIgnored
      ? [{ pointer: pointerOf(...at, name), name, known: names }]
      : ignoredIn(inner, known, [...at, name]);
  });
}

/** The schema places no fields in parameters, whose names are the user's own. An input or output has the fields of its form. */
function ignoredInFilters(demand: unknown, at: At): IgnoredField[] {
  const parameters = readField(demand, 'execution_parameters');
  const params = readField(parameters, 'params');
  if (!isJsonObject(params) || !isJsonObject(demand)) return [];
  const listed = [readField(parameters, 'inputs'), readField(parameters, 'outputs')].flat();
  const transfers = new Set(
    listed.flatMap((name) => (typeof name === 'string' ? environmentName(name) : [])),
  );
  const place = 'executionParameters' in demand ? 'executionParameters' : 'execution_parameters';
  return Object.entries(params).flatMap(([parameter, value]) => {
    if (!isJsonObject(value) || !transfers.has(environmentName(parameter))) return [];
    const unknown = Object.keys(value).filter((name) => !RESOLVABLE_FIELDS.includes(name));
    return unknown.map((name) => ({
      pointer: pointerOf(...at, place, 'params', parameter, name),
      name,
      known: RESOLVABLE_FIELDS,
    }));
  });
}

/** The reader takes the field in camelCase when an object has both spellings. */
function hasOtherSpelling(fields: Record<string, unknown>, name: string): boolean {
  const camelCase = toCamelCase(name);
  return camelCase !== name && Object.hasOwn(fields, camelCase);
}

function expand(schema: Schema): Schema[] {
  if (schema.$ref !== undefined) return expand(follow(schema.$ref));
  return [schema, ...(schema.anyOf ?? []).flatMap(expand)];
}

function follow(reference: string): Schema {
  const keys = reference.split('/').slice(1);
  return keys.reduce<unknown>((schema, key) => (schema as Record<string, unknown>)[key], REQUEST) as Schema;
}
