/** Converts the schemas of requests to JSON Schemas for editors, other languages and the command line. */
import { type ConversionConfig, type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { pointerOf } from '../src/wire/json';
import { toCamelCase } from '../src/wire/names';
import type { ToJsonSchema } from '../src/wire/types';

const CONVERSION: ConversionConfig = {
  typeMode: 'input',
  target: 'draft-07',
  // A JSON Schema cannot express all checks. The service accepts no more than the schema, sometimes less.
  errorMode: 'ignore',
  overrideSchema: ({ valibotSchema }) =>
    'toJsonSchema' in valibotSchema
      ? ((valibotSchema.toJsonSchema as ToJsonSchema)((inner) => ({ ...convert(inner) })) as JsonSchema)
      : undefined,
};

/** Returns a schema with snake_case fields only, as the service writes them. */
export function snakeCaseSchema(schema: v.GenericSchema): JsonSchema {
  return convert(schema);
}

/** Returns a schema with both spellings of each field, as the service reads them. */
export function bothCasesSchema(schema: v.GenericSchema): JsonSchema {
  return withCamelCase(convert(schema), '#') as JsonSchema;
}

function convert(schema: v.GenericSchema): JsonSchema {
  const { $schema: _, $defs: __, ...converted } = toJsonSchema(schema, CONVERSION);
  return converted;
}

function withCamelCase(value: unknown, at: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => withCamelCase(item, `${at}/${index}`));
  if (typeof value !== 'object' || value === null) return value;
  const schema = Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withCamelCase(item, at + pointerOf(name))]),
  );
  return isModel(schema) ? withTwins(schema, at) : schema;
}

interface ModelSchema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

function isModel(schema: Record<string, unknown>): schema is Record<string, unknown> & ModelSchema {
  return schema.type === 'object' && typeof schema.properties === 'object';
}

/** Adds each field under its camelCase name. A required field may have either name. */
function withTwins({ properties, required = [], ...rest }: ModelSchema, at: string) {
  const hasTwin = (name: string) => toCamelCase(name) !== name;
  const twins = Object.keys(properties)
    .filter(hasTwin)
    .map((name) => [toCamelCase(name), { $ref: `${at}/properties/${name}` }]);
  const either = required
    .filter(hasTwin)
    .map((name) => ({ anyOf: [{ required: [name] }, { required: [toCamelCase(name)] }] }));
  return {
    ...rest,
    properties: { ...properties, ...Object.fromEntries(twins) },
    required: required.filter((name) => !hasTwin(name)),
    ...(either.length > 0 && { allOf: either }),
  };
}
