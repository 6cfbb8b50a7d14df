import fc from 'fast-check';
import * as v from 'valibot';
import { DemandValidationError } from '../../src/errors';
import { toCamelCase, toSnakeCase } from '../../src/wire/names';
import {
  flag,
  integer,
  listOf,
  mapOf,
  model,
  optional,
  readModel,
  requiredText,
  text,
  tryModel,
  writeModel,
  writing,
} from '../../src/wire/schema';
import { anyDocument, runs } from '../demand/arbitraries';

const outputOf = (schema: v.GenericSchema, value: unknown) => tryModel(schema, value).output;

describe('flags', () => {
  test.each(['true', 'T', 'Yes', 'y', 'ON', '1', 1, true])('%j is true', (value) => {
    expect(readModel(flag(), value)).toBe(true);
  });
  test.each(['false', 'F', 'No', 'n', 'OFF', '0', 0, false])('%j is false', (value) => {
    expect(readModel(flag(), value)).toBe(false);
  });
  test.each<unknown>(['', ' true', 'perhaps', 2, -1, null, [], [true], ['yes'], {}, { toString: 1 }])(
    '%j is neither',
    (value) => {
      expect(tryModel(flag(), value).problems).toMatchObject([
        { message: `expected a boolean, got ${JSON.stringify(value)}` },
      ]);
    },
  );
});

describe('integers', () => {
  test.each([
    [0, 0],
    ['12', 12],
    [' +7. ', 7],
    ['2.000', 2],
    [9007199254740991, 9007199254740991],
  ])('%j is %i', (value, expected) => {
    expect(readModel(integer(), value)).toBe(expected);
  });
  test.each([
    1.5,
    '1.5',
    -1,
    '-1',
    '',
    'a',
    '1e3',
    '0x10',
    '9007199254740993',
    1e300,
    Infinity,
    null,
    [1],
    {},
    true,
  ])('%j is none', (value) => {
    expect(tryModel(integer(), value).problems[0]?.message).toContain('expected an integer of at least 0');
  });
  test('the least is told', () => {
    expect(tryModel(integer(1), 0).problems[0]?.message).toBe('expected an integer of at least 1, got 0');
  });
});

describe('models', () => {
  const schema = model({
    someName: requiredText(),
    inner: optional(model({ aList: listOf(text()) })),
    bigN: optional(integer()),
  });

  test('are read in both spellings, unknown fields ignored, null for absent', () => {
    const read = { someName: 'x', inner: { aList: ['y'] }, bigN: 1 };
    expect(readModel(schema, { some_name: 'x', inner: { aList: ['y'] }, big_n: '1', other: {} })).toEqual(
      read,
    );
    expect(readModel(schema, { someName: 'x', inner: { a_list: ['y'] }, bigN: 1 })).toEqual(read);
    const bare = readModel(schema, { some_name: 'x', inner: null, big_n: null });
    expect(bare).toEqual({ someName: 'x' });
  });

  test('have their mistakes told all at once, by their places in snake_case', () => {
    const at = ['request', 'a/b'];
    expect(() => readModel(schema, { someName: '', inner: { aList: ['y', 5] }, bigN: {} }, at)).toThrow(
      [
        '/request/a~1b/some_name: expected a string that is not empty, got "". Give a string that is not empty as "some_name"',
        '/request/a~1b/inner/a_list/1: expected a string, got 5. Give a string as "a_list[1]"',
        '/request/a~1b/big_n: expected an integer of at least 0, got {}. Give an integer of at least 0 as "big_n"',
      ].join('\n'),
    );
  });

  test('are written in snake_case without absent fields and without unknown properties', () => {
    const read = readModel(schema, { someName: 'x', inner: { aList: ['y'] }, big_n: null });
    const written = writeModel(schema, { ...read, other: 1 } as typeof read);
    expect(JSON.stringify(written)).toBe('{"some_name":"x","inner":{"a_list":["y"]}}');
    expect(readModel(schema, written)).toEqual(read);
  });

  test('are written inside of lists, maps, optional fields and fields with a default', () => {
    const inner = model({ aName: text() });
    const outer = model({
      aList: optional(listOf(inner)),
      aMap: mapOf(inner),
      aDefault: v.optional(inner, { aName: 'z' }),
    });
    const written = {
      a_list: [{ a_name: 'x' }],
      a_map: { 'own key': { a_name: 'y' }, ownKey: { a_name: 'y' } },
      a_default: { a_name: 'z' },
    };
    const { a_default: _, ...given } = written;
    expect(writeModel(outer, readModel(outer, given))).toEqual(written);
  });

  test('are written by the writer of a field where the reader changes its value', () => {
    const upper = v.pipe(
      text(),
      v.transform((word) => word.toUpperCase()),
    );
    const schema = model({ word: optional(writing(upper, (word) => word.toLowerCase())) });
    const read = readModel(schema, { word: 'abc' });
    expect(read).toEqual({ word: 'ABC' });
    expect(writeModel(schema, read)).toEqual({ word: 'abc' });
  });

  test('show of a long value its beginning', () => {
    const [problem] = tryModel(integer(), 'x'.repeat(1_000)).problems;
    expect(problem?.message.length).toBeLessThan(130);
    expect(problem?.message).toMatch(/x\.\.\.$/);
  });
});

describe('maps', () => {
  test("keep the user's keys, also those that every object has", () => {
    const given = JSON.parse('{"__proto__": "a", "constructor": "b", "toString": "c", "": "d"}');
    const read = readModel(mapOf(text()), given);
    expect(Object.entries(read)).toEqual(Object.entries(given));
  });

  test('tell every value that is wrong by its key', () => {
    expect(tryModel(mapOf(text()), { 'a/b': 1, ok: 'x', c: null }).problems).toMatchObject([
      { pointer: '/a~1b', message: 'expected a string, got 1' },
      { pointer: '/c', message: 'expected a string, got null' },
    ]);
    expect(tryModel(mapOf(text()), []).problems).toMatchObject([{ message: 'expected an object, got []' }]);
  });
});

test('any document is read or refused, whatever the schema', () => {
  const schemas = [flag(), integer(), text(), listOf(flag()), mapOf(integer()), model({ length: flag() })];
  const isTold = fc.property(
    anyDocument,
    fc.constantFrom<v.GenericSchema>(...schemas),
    (document, schema) => {
      const { problems, output } = tryModel(schema, document);
      if (problems.length === 0) expect(outputOf(schema, output)).toEqual(output);
      else expect(() => readModel(schema, document)).toThrow(DemandValidationError);
      for (const { message, remedy } of problems) expect(`${message}${remedy}`).not.toContain('undefined');
    },
  );
  fc.assert(isTold, runs(1_000));
});

test('lists and objects nested beyond the stack are refused, others are not', () => {
  const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  expect(tryModel(v.unknown(), nested(500)).problems).toEqual([]);
  expect(tryModel(v.unknown(), { a: nested(500) }, ['at']).problems).toEqual([
    {
      pointer: '/at',
      message: 'lists and objects are nested more than 500 deep',
      remedy: expect.stringContaining('as a string'),
    },
  ]);
});

test('names of fields go there and back', () => {
  const field = fc.stringMatching(/^[a-z]{1,4}(_[a-z][a-z0-9]{0,3}){0,3}$/);
  const goesBack = fc.property(field, (name) => {
    expect(toSnakeCase(toCamelCase(name))).toBe(name);
  });
  fc.assert(goesBack, runs(300));
  expect(toCamelCase('output_s3_prefix')).toBe('outputS3Prefix');
});
