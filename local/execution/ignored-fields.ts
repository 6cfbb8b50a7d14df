/** Fields that the contract ignores: often a misspelt one that its author counts on. */
import demandSchema from '../../schemas/generated/demand-execution.schema.json';
import requestSchema from '../../schemas/generated/prepare-demand-scaffolding-request.schema.json';
import { isJsonObject, pointerOf } from '../../src/wire/json';
import { isScaffoldingRequest } from './input';

/** The parts of JSON Schema that the public schemas use to say where fields are. */
interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** Pointers of the fields of a demand or a scaffolding request that nobody reads. */
export function ignoredFields(document: unknown): string[] {
  const root = (isScaffoldingRequest(document) ? requestSchema : demandSchema) as Schema;
  // Editors read it, to know of this very schema.
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
  // Where no field is named, the keys are the user's own.
  if (!isJsonObject(value) || models.length === 0) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = models.flatMap((fields) => (Object.hasOwn(fields, name) ? (fields[name] ?? []) : []));
    return known.length === 0 ? [pointerOf(...at, name)] : ignoredIn(inner, known, root, [...at, name]);
  });
}

function expand(schema: Schema, root: Schema): Schema[] {
  if (schema.$ref !== undefined) return expand(follow(schema.$ref, root), root);
  return [schema, ...(schema.anyOf ?? []).flatMap((alternative) => expand(alternative, root))];
}

function follow(reference: string, root: Schema): Schema {
  const keys = reference.split('/').slice(1);
  return keys.reduce<unknown>((schema, key) => (schema as Record<string, unknown>)[key], root) as Schema;
}
