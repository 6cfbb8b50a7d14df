import * as v from 'valibot';
import { nestingProblem, toProblem } from '../../src/wire/problems';

/** The problem that a user reads for a value, by way of valibot's own issue. */
function problemOf(schema: v.GenericSchema, value: unknown, at: readonly string[] = []) {
  const [issue] = v.safeParse(schema, value).issues ?? [];
  return issue === undefined ? undefined : toProblem(issue, at);
}

const text = v.string('a string');

test('a wrong value has its place, the expected and the given value', () => {
  expect(problemOf(v.object({ a: v.array(text) }), { a: ['x', 5] }, ['request'])).toEqual({
    pointer: '/request/a/1',
    message: 'expected a string, got 5',
    remedy: 'Give a string as "a[1]"',
  });
});

test('an absent value is missing', () => {
  expect(problemOf(v.object({ a: text }), { a: undefined })).toEqual({
    pointer: '/a',
    message: 'a is missing',
    remedy: 'Add "a"',
  });
});

test.each([
  [v.array(v.array(text)), [['x'], [1]], 'Give a string as "the request[1][0]"'],
  [text, 1, 'Give a string as "the request"'],
])('number %#: a value without a name is a part of the request', (schema, value, remedy) => {
  expect(problemOf(schema, value)?.remedy).toBe(remedy);
});

test('a long value is cut off after 77 characters', () => {
  const [short, long] = [78, 79].map((length) => problemOf(v.number('a number'), 'x'.repeat(length)));
  expect(short?.message).toBe(`expected a number, got "${'x'.repeat(78)}"`);
  expect(long?.message).toBe(`expected a number, got "${'x'.repeat(76)}...`);
});

test.each([
  [Number.NaN, 'null'],
  [Symbol('x'), 'Symbol(x)'],
])('number %#: a value outside JSON is described, too', (value, described) => {
  expect(problemOf(text, value)?.message).toBe(`expected a string, got ${described}`);
});

describe('a document with', () => {
  const lists = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

  test('500 levels is accepted', () => {
    expect(nestingProblem(lists(500), [])).toBeUndefined();
  });

  test('501 levels is refused at its place', () => {
    expect(nestingProblem({ a: lists(500) }, ['at', 'b'])).toEqual({
      pointer: '/at/b',
      message: 'lists and objects are nested more than 500 deep',
      remedy: expect.stringContaining('as a string'),
    });
  });

  test('more levels than the stack has is refused as well', () => {
    expect(nestingProblem(lists(100_000), [])).toBeDefined();
  });
});
