/** Finds the fields of a request that the contract ignores. Often such a field is misspelt, and its author counts on it. */
import demandSchema from '../../schemas/generated/demand-execution.schema.json';
import requestSchema from '../../schemas/generated/prepare-demand-scaffolding-request.schema.json';
import { isJsonObject, pointerOf } from '../wire/json';
import { toCamelCase } from '../wire/names';
import { isScaffoldingRequest } from './request';

/** The parts of JSON Schema that place fields in the public schemas. */
interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** Returns pointers of the fields of a demand or a scaffolding request that no schema has. */
export function ignoredFields(document: unknown): string[] {
  const root = (isScaffoldingRequest(document) ? requestSchema : demandSchema) as Schema;
  // Only editors read $schema, to find this schema.
  return ignoredIn(document, [root], root, []).filter((pointer) => pointer !== '/$schema');
}

function ignoredIn(
  value: unknown,
  alternatives: readonly Schema[],
  root: Schema,
  at: readonly (string | number)[],
): string[] {
  const schemas = alternatives.flatMap((schema) => expand(schema, root));
  if (Array.isArray(value)) {
    const items = schemas.flatMap((schema) => schema.items ?? []);
    return value.flatMap((item, index) => ignoredIn(item, items, root, [...at, index]));
  }
  const models = schemas.flatMap(({ properties }) => (properties === undefined ? [] : [properties]));
  // Without named fields the keys are the user's own.
  if (!isJsonObject(value) || models.length === 0) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = models.flatMap((fields) => (Object.hasOwn(fields, name) ? (fields[name] ?? []) : []));
    const isIgnored = known.length === 0 || hasOtherSpelling(value, name);
    return isIgnored ? [pointerOf(...at, name)] : ignoredIn(inner, known, root, [...at, name]);
  });
}

/** The reader takes the field in camelCase when an object has both spellings. */
function hasOtherSpelling(fields: Record<string, unknown>, name: string): boolean {
  const camelCase = toCamelCase(name);
  return camelCase !== name && Object.hasOwn(fields, camelCase);
}

function expand(schema: Schema, root: Schema): Schema[] {
  if (schema.$ref !== undefined) return expand(follow(schema.$ref, root), root);
  return [schema, ...(schema.anyOf ?? []).flatMap((alternative) => expand(alternative, root))];
}

function follow(reference: string, root: Schema): Schema {
  const keys = reference.split('/').slice(1);
  return keys.reduce<unknown>((schema, key) => (schema as Record<string, unknown>)[key], root) as Schema;
}
