import fc from 'fast-check';
import { checkNames, environmentName } from '../../src/demand/names';
import { anyCharacter } from '../characters';
import { runs } from './arbitraries';

test.each([
  ['my-param.1', 'MY_PARAM_1'],
  ['_x', '_X'],
  ['a--b..c', 'A__B__C'],
  ['', ''],
  ['straße', 'STRASSE'],
])('%j is %s in the environment', (name, expected) => {
  expect(environmentName(name)).toBe(expected);
});

test('the environment name of an environment name is the same name', () => {
  const isStable = fc.property(fc.string({ unit: anyCharacter }), (name) => {
    expect(environmentName(environmentName(name))).toBe(environmentName(name));
  });
  fc.assert(isStable, runs(500));
});

test('valid names have no problems', () => {
  expect(checkNames(['a', 'B', '_c', 'd-1', 'e.f', 'constructor', '__proto__'])).toEqual([]);
});

test('every name that is no variable of a shell is refused', () => {
  expect(checkNames(['1a', 'ok', 'é', '', 'a b', 'a/b'])).toMatchObject([
    { pointer: '/execution_parameters/params/1a', message: expect.stringContaining('"1A"') },
    { pointer: '/execution_parameters/params/é' },
    { pointer: '/execution_parameters/params/' },
    { pointer: '/execution_parameters/params/a b' },
    { pointer: '/execution_parameters/params/a~1b', remedy: expect.stringContaining('begin with a letter') },
  ]);
});

test('a collision names all colliding parameters, once', () => {
  const remedy = 'Rename all but one of them';
  const pointer = '/execution_parameters/params';
  expect(checkNames(['a-b', 'x', 'c', 'a.b', 'A_B', 'C'])).toEqual([
    { pointer, message: '"a-b" and "a.b" and "A_B" become the same environment variable, A_B', remedy },
    { pointer, message: '"c" and "C" become the same environment variable, C', remedy },
  ]);
});
