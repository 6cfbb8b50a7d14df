import { readFileSync } from 'node:fs';
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

test('every error has its class in its name, and is documented', () => {
  const names = classes.map((Class) =>
    (Class as unknown) === DemandValidationError ? new DemandValidationError([]).name : new Class('').name,
  );
  expect(names).toEqual(classes.map((Class) => Class.name));
  expect(documented.toSorted()).toEqual(names.toSorted());
});

test('a refusal tells every mistake on a line of its own', () => {
  const { message } = new DemandValidationError([
    { pointer: '/a', message: 'a is missing', remedy: 'Add "a"' },
    { pointer: '', message: 'expected an object, got 5', remedy: 'Give an object' },
  ]);
  expect(message).toBe('/a: a is missing. Add "a"\n(request): expected an object, got 5. Give an object');
});
