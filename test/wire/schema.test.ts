import fc from 'fast-check';
import * as v from 'valibot';
import { DemandValidationError } from '../../src/errors';
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

describe('a flag', () => {
  test.each(['true', 'T', 'Yes', 'y', 'ON', '1', 1, true])('is true for %j', (value) => {
    expect(readModel(flag(), value)).toBe(true);
  });
  test.each(['false', 'F', 'No', 'n', 'OFF', '0', 0, false])('is false for %j', (value) => {
    expect(readModel(flag(), value)).toBe(false);
  });
  test.each<[string, unknown]>([
    ['an empty text', ''],
    ['a space before true', ' true'],
    ['another word', 'perhaps'],
    ['2', 2],
    ['-1', -1],
    ['null', null],
    ['an empty list', []],
    ['a list with true', [true]],
    ['a list with yes', ['yes']],
    ['an empty object', {}],
    ['an object without a text of its own', { toString: 1 }],
  ])('is refused for %s', (_, value) => {
    expect(tryModel(flag(), value).problems).toMatchObject([
      { message: `expected a boolean, got ${JSON.stringify(value)}` },
    ]);
  });
});

describe('an integer', () => {
  test.each([
    [0, 0],
    ['12', 12],
    [' +7. ', 7],
    ['2.000', 2],
    [9007199254740991, 9007199254740991],
  ])('is read from %j as %i', (value, expected) => {
    expect(readModel(integer(), value)).toBe(expected);
  });
  test.each([
    ['a fraction', 1.5],
    ['the text of a fraction', '1.5'],
    ['a negative number', -1],
    ['the text of a negative number', '-1'],
    ['an empty text', ''],
    ['a letter', 'a'],
    ['an exponent', '1e3'],
    ['a hexadecimal number', '0x10'],
    ['the text of an unsafe integer', '9007199254740993'],
    ['an unsafe integer', 1e300],
    ['Infinity', Infinity],
    ['null', null],
    ['a list', [1]],
    ['an object', {}],
    ['true', true],
  ])('is refused for %s', (_, value) => {
    expect(tryModel(integer(), value).problems[0]?.message).toContain('expected an integer of at least 0');
  });
  test('has its minimum in the message', () => {
    expect(tryModel(integer(1), 0).problems[0]?.message).toBe('expected an integer of at least 1, got 0');
  });
});

describe('models', () => {
  const schema = model({
    someName: requiredText(),
    inner: optional(model({ aList: listOf(text()) })),
    bigN: optional(integer()),
  });

  test('are read in both spellings, without unknown fields, with null for an absent field', () => {
    const read = { someName: 'x', inner: { aList: ['y'] }, bigN: 1 };
    expect(readModel(schema, { some_name: 'x', inner: { aList: ['y'] }, big_n: '1', other: {} })).toEqual(
      read,
    );
    expect(readModel(schema, { someName: 'x', inner: { a_list: ['y'] }, bigN: 1 })).toEqual(read);
    const bare = readModel(schema, { some_name: 'x', inner: null, big_n: null });
    expect(bare).toEqual({ someName: 'x' });
  });

  test('are refused with all mistakes at once, at their places in snake_case', () => {
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
});

describe('maps', () => {
  test("keep the user's keys, also the property names that every JavaScript object has", () => {
    const given = JSON.parse('{"__proto__": "a", "constructor": "b", "toString": "c", "": "d"}');
    const read = readModel(mapOf(text()), given);
    expect(Object.entries(read)).toEqual(Object.entries(given));
  });

  test('report each wrong value at its key', () => {
    expect(tryModel(mapOf(text()), { 'a/b': 1, ok: 'x', c: null }).problems).toMatchObject([
      { pointer: '/a~1b', message: 'expected a string, got 1' },
      { pointer: '/c', message: 'expected a string, got null' },
    ]);
    expect(tryModel(mapOf(text()), []).problems).toMatchObject([{ message: 'expected an object, got []' }]);
  });
});

test('each schema reads or refuses any document', () => {
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

test('a document with too many levels is refused before it is read', () => {
  const nested = JSON.parse('['.repeat(501) + ']'.repeat(501));
  expect(tryModel(v.unknown(), nested, ['at']).problems).toMatchObject([{ pointer: '/at' }]);
});
