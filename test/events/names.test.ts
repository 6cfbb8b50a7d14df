import fc from 'fast-check';
import { EXECUTION_NAME_CHARACTERS } from '../../src/aws-limits';
import { attemptOf, executionName, MOST_ATTEMPTS } from '../../src/events/names';
import { anyCharacter } from '../characters';
import { runs } from '../demand/arbitraries';

/** Matches the names that StartExecution accepts and CloudWatch logs. */
const ALLOWED = new RegExp(`^[A-Za-z0-9_-]{1,${EXECUTION_NAME_CHARACTERS}}$`);

const anyId = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 300 }),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,90}$/),
  // Generated names, and names that resemble them.
  fc
    .tuple(
      fc.constantFrom('a', 'a--2', 'é', ''),
      fc.constantFrom('--2', '--02', `--x${'0'.repeat(32)}`, '-2'),
    )
    .map(([id, end]) => id + end),
  fc.string({ maxLength: 3 }).map((id) => executionName(id)),
  fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'a'), minLength: 1, maxLength: 3 }),
);
const anyAttempt = fc.integer({ min: 1, max: MOST_ATTEMPTS });

test('each id and attempt gives a name that Step Functions accepts and logs', () => {
  fc.assert(
    fc.property(anyId, anyAttempt, (id, attempt) => {
      expect(executionName(id, attempt)).toMatch(ALLOWED);
    }),
    runs(2_000),
  );
});

test('two ids, or two attempts of one id, never share a name', () => {
  fc.assert(
    fc.property(anyId, anyAttempt, anyId, anyAttempt, (one, first, other, second) => {
      fc.pre(one !== other || first !== second);
      expect(executionName(one, first)).not.toBe(executionName(other, second));
    }),
    runs(5_000),
  );
});

test('a name contains the number of its attempt', () => {
  fc.assert(
    fc.property(anyId, anyAttempt, (id, attempt) => {
      expect(attemptOf(executionName(id, attempt), id)).toBe(attempt);
    }),
    runs(2_000),
  );
});

test.each([
  ['run-1', 1, 'run-1'],
  ['run-1', 2, 'run-1--2'],
  ['7c2f0b9e-3d58-4d0c-9c3e-6f2f1d6f0a11', 1, '7c2f0b9e-3d58-4d0c-9c3e-6f2f1d6f0a11'],
])('the name of %s, attempt %i, is %s', (id, attempt, name) => {
  expect(executionName(id, attempt)).toBe(name);
});

test.each(['run-1--2', 'été 2024', 'x'.repeat(65)])('the id %s becomes a name with a hash', (id) => {
  expect(executionName(id)).toMatch(/--x[0-9a-f]{32}$/);
});

test.each([
  ['mine', 'run-1'],
  ['run-1--1', 'run-1'],
  ['run-1--x', 'run-1'],
])('%s is not an attempt of %s', (name, id) => {
  expect(attemptOf(name, id)).toBeUndefined();
});
