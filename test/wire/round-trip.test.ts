/** Every field of every schema is read, written and read again. A schema is found by itself: no list stands here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type * as v from 'valibot';
import { PUBLIC_SCHEMAS } from '../../schemas/public';
import { isJsonObject } from '../../src/wire/json';
import { readModel, writeModel } from '../../src/wire/schema';
import { runs } from '../demand/arbitraries';
import { documentsOf } from './samples';

const SOURCES = join(__dirname, '..', '..', 'src');

/** Fields that the writer leaves out on purpose, with the field that holds their value. */
const MERGED: Readonly<Record<string, string>> = {
  '/execution_metadata/tag': '/execution_metadata/tags',
  '/demand_execution/execution_metadata/tag': '/demand_execution/execution_metadata/tags',
};

/** Every schema that a file of src/ exports, by its name there. */
function exportedSchemas(): [string, v.GenericSchema][] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /^export const \w+Schema\b/m.test(readFileSync(join(SOURCES, file), 'utf8')));
  return files.flatMap((file) =>
    Object.entries(require(join(SOURCES, file)) as Record<string, v.GenericSchema>)
      .filter(([name]) => name.endsWith('Schema'))
      .map(([name, schema]): [string, v.GenericSchema] => [`${file}: ${name}`, schema]),
  );
}

/** Pointers of all fields. Items of one list have their fields in common. */
function fieldsOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, at));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => [
    `${at}/${name}`,
    ...fieldsOf(item, `${at}/${name}`),
  ]);
}

function onTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const SCHEMAS = exportedSchemas();

test('every request and event of src/ is public', () => {
  const published = new Set(Object.values(PUBLIC_SCHEMAS).map(({ schema }) => schema));
  const own = SCHEMAS.filter(([name]) => /(Request|Event)Schema$/.test(name));
  expect(own.filter(([, schema]) => !published.has(schema)).map(([name]) => name)).toEqual([]);
  expect(own.length).toBeGreaterThan(5);
});

describe.each(SCHEMAS)('%s', (_, schema) => {
  test('the writer has every field of the schema', () => {
    // Several documents, because a resource of 0 counts as absent.
    const given = fc.sample(documentsOf(schema, { maySkip: false }), runs(20));
    const written = given.map((document) => onTheWire(writeModel(schema, readModel(schema, document))));
    const names = new Set(fieldsOf(written));
    const dropped = new Set(fieldsOf(given).filter((name) => !names.has(MERGED[name] ?? name)));
    expect([...dropped]).toEqual([]);
  });

  test('a written value is read back as the same value', () => {
    const comesBack = fc.property(documentsOf(schema, { maySkip: true }), (given) => {
      const read = readModel(schema, given);
      const written = onTheWire(writeModel(schema, read));
      expect(readModel(schema, written)).toEqual(read);
      expect(onTheWire(writeModel(schema, readModel(schema, written)))).toEqual(written);
    });
    fc.assert(comesBack, runs(100));
  });
});
