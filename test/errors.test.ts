import { readdirSync, readFileSync } from 'node:fs';
import * as errors from '../src/errors';

const { DemandError, DemandValidationError } = errors;
const classes = Object.values(errors).filter(
  (value): value is typeof errors.UnsafePath =>
    typeof value === 'function' && value.prototype instanceof DemandError,
);
const documented = Array.from(
  readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(\w+)`/gm),
  ([, name]) => name,
);

test('every error has the name of its class, and is documented', () => {
  const names = classes.map((Class) =>
    (Class as unknown) === DemandValidationError ? new DemandValidationError([]).name : new Class('').name,
  );
  expect(names).toEqual(classes.map((Class) => Class.name));
  expect(documented.toSorted()).toEqual([...names, ...namesOfMachines()].toSorted());
});

/** Returns the literal names of the `Fail` states. */
function namesOfMachines(): string[] {
  return readdirSync('statemachines').flatMap((file) =>
    Array.from(
      readFileSync(`statemachines/${file}`, 'utf8').matchAll(/^ +Error: (\w+)$/gm),
      ([, name = '']) => name,
    ),
  );
}

test('the message of a refusal has one line for each mistake', () => {
  const { message } = new DemandValidationError([
    { pointer: '/a', message: 'a is missing', remedy: 'Add "a"' },
    { pointer: '', message: 'expected an object, got 5', remedy: 'Give an object' },
  ]);
  expect(message).toBe('/a: a is missing. Add "a"\n(request): expected an object, got 5. Give an object');
});

test('a line about a mistake is one line: hidden characters of the request are shown', () => {
  const problem = {
    pointer: '/a',
    message: '"x\n(request): forged" is bad\u001b[2J',
    remedy: 'Mend\u202e it',
  };
  expect(errors.describeProblem(problem)).toBe('/a: "x\\n(request): forged" is bad\\x1b[2J. Mend\\u202e it');
});

test('the message of many mistakes has a limit, and counts the others', () => {
  const problem = { pointer: '/a', message: 'x'.repeat(80), remedy: 'Mend it' };
  const { message, problems } = new DemandValidationError(Array.from({ length: 5_000 }, () => problem));
  expect(problems).toHaveLength(5_000);
  expect(message.length).toBeLessThan(30_100);
  expect(message.split('\n').slice(-2)).toEqual([
    expect.stringMatching(/^\/a: x+\. Mend it$/),
    'and 4681 more',
  ]);
});

test('a line about a giant value is cut', () => {
  const problem = { pointer: '/a', message: 'x'.repeat(200_000), remedy: 'Mend it' };
  const line = errors.describeProblems([problem]);
  expect(line).toHaveLength(4_000);
  expect(line).toMatch(/x\.\.\.$/);
});

test('a request without problems is not refused', () => {
  expect(() => errors.refuseIfAny([])).not.toThrow();
  const problem = { pointer: '/a', message: 'a is missing', remedy: 'Add "a"' };
  expect(() => errors.refuseIfAny([problem])).toThrow(DemandValidationError);
});

test.each<[unknown, string, string]>([
  [new errors.UnsafePath('outside'), 'UnsafePath', 'outside'],
  [
    Object.assign(new Error('slow down'), { name: 'ThrottlingException' }),
    'ThrottlingException',
    'slow down',
  ],
  ['a text', 'Error', 'a text'],
  [undefined, 'Error', 'undefined'],
])('the thrown value number %# has a name and a message', (thrown, name, message) => {
  expect(errors.describeError(thrown)).toEqual({ name, message });
});
