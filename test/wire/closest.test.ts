import fc from 'fast-check';
import { closestTo, editsBetween, nearNames } from '../../src/wire/closest';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });

test('the number of edits is a distance', () => {
  fc.assert(
    fc.property(word, word, word, (one, two, three) => {
      expect(editsBetween(one, two)).toBe(editsBetween(two, one));
      expect(editsBetween(one, two) === 0).toBe(one === two);
      expect(editsBetween(one, three)).toBeLessThanOrEqual(editsBetween(one, two) + editsBetween(two, three));
      expect(editsBetween(one, two)).toBeGreaterThanOrEqual(Math.abs(one.length - two.length));
    }),
  );
});

test('an edit of one character has the distance one', () => {
  expect(editsBetween('abc', 'abd')).toBe(1);
  expect(editsBetween('abc', 'ab')).toBe(1);
  expect(editsBetween('abc', 'xabc')).toBe(1);
  expect(editsBetween('kitten', 'sitting')).toBe(3);
});

test('names that continue the given name come first, then the nearest; distant names are left out', () => {
  const names = ['penguins-demo', 'pelicans', 'penguin', 'pengiuns', 'somethingelse', 'pengiuns'];
  expect(closestTo('penguins', names)).toEqual(['penguins-demo', 'penguin', 'pengiuns']);
  expect(closestTo('x', ['other', ''])).toEqual([]);
});

test.each([
  ['output', ['outputs']],
  ['ouptuts', ['outputs']],
  ['OUTPUTS_', ['outputs']],
  ['exlude', ['exclude']],
  ['vcpu', ['vcpus']],
  ['cpu', ['vcpus', 'gpu']],
  ['exclude-', ['exclude']],
  ['in', []],
  ['name', []],
  ['x', []],
  ['o'.repeat(61), []],
])('the misspelt name %s may mean %j', (name, meant) => {
  expect(nearNames(name, ['inputs', 'outputs', 'exclude', 'vcpus', 'gpu', 'outputs'])).toEqual(meant);
});
