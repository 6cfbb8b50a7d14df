import type { ExecutionParameters } from '../../src/demand/model';
import { type PathRules, resolveParameters } from '../../src/demand/parameters';
import { parseLocation } from '../../src/transfer/location';

const RULES: PathRules = {
  place: (direction, { local }) =>
    local === 'bad'
      ? { refusal: { message: `no ${direction} there`, remedy: 'Elsewhere' } }
      : { path: `/job/${local}`, location: parseLocation('s3://bucket/key') },
};

function resolve(given: Partial<ExecutionParameters>) {
  return resolveParameters(
    {
      command: ['true'],
      params: {},
      inputs: [],
      outputs: [],
      outputsMetadata: {},
      verbosity: false,
      ...given,
    },
    RULES,
  );
}

const problemsOf = (given: Partial<ExecutionParameters>) =>
  resolve(given).problems.map(({ pointer, message }) => `${pointer}: ${message}`);

describe('resolved parameters', () => {
  test('the environment is in the order of the demand, and has the paths of inputs and outputs', () => {
    const { resolved, problems } = resolve({
      params: { z: 1, 'in.put': 's3://b/k @ in', a: '${OUT}/${IN_PUT}', out: 'out @ s3://b/o' },
      inputs: ['IN-PUT'],
      outputs: ['out'],
    });
    expect(problems).toEqual([]);
    expect([...resolved.environment]).toEqual([
      ['Z', '1'],
      ['IN_PUT', '/job/in'],
      ['A', '/job/out//job/in'],
      ['OUT', '/job/out'],
    ]);
  });

  test('the transfers are in the order of their lists, each once, with the names of the parameters', () => {
    const { resolved } = resolve({
      params: { a: 's3://b/a @ a', b: 's3://b/b @ b' },
      inputs: ['B', 'a', 'b'],
    });
    expect(resolved.inputs.map(({ name, path }) => [name, path])).toEqual([
      ['b', '/job/b'],
      ['a', '/job/a'],
    ]);
  });

  test('references are filled in on both sides of a transfer, not in its filters', () => {
    const value = { local: '${X}', remote: 's3://b/${x}', include: '${X}' };
    const { resolved, problems } = resolve({ params: { in: value, x: 'y' }, inputs: ['in'] });
    expect(resolved.inputs).toMatchObject([{ local: 'y', remote: 's3://b/y', filters: { include: '${X}' } }]);
    // A "$" before the end matches nothing, but it is a regular expression.
    expect(problems).toEqual([]);
  });

  test('an output without a remote goes below output_s3_prefix', () => {
    const params = { one: 'a/b', two: '/abs', three: '//d/e//f' };
    const { resolved } = resolve({ params, outputs: Object.keys(params), outputS3Prefix: 's3://b/p//' });
    expect(resolved.outputs.map(({ remote }) => remote)).toEqual([
      's3://b/p/a/b',
      's3://b/p/abs',
      's3://b/p/d/e//f',
    ]);
  });

  test('an input without a local gets a name from its filled-in remote', () => {
    const { resolved } = resolve({ params: { in: 's3://b/${X}', x: 'k' }, inputs: ['in'] });
    expect(resolved.inputs[0]?.local).toBe('tmpa65db92a');
  });

  test('a property name that every JavaScript object has is an ordinary parameter name', () => {
    const params = JSON.parse('{"__proto__": "a", "constructor": "${__PROTO__}", "toString": 1}');
    expect([...resolve({ params }).resolved.environment]).toEqual([
      ['__PROTO__', 'a'],
      ['CONSTRUCTOR', 'a'],
      ['TOSTRING', '1'],
    ]);
    expect(problemsOf({ params: {}, inputs: ['toString'] })).toHaveLength(1);
  });
});

describe('refusals', () => {
  test('an unknown parameter in a list is refused at its place', () => {
    expect(
      problemsOf({
        inputs: ['a'],
        outputs: ['b'],
        paramPairOverrides: [{}, { input: 'c', inputs: ['d'] }],
      }),
    ).toEqual([
      '/execution_parameters/inputs: "a" is not among the parameters',
      '/execution_parameters/outputs: "b" is not among the parameters',
      '/execution_parameters/param_pair_overrides/1: "c" is not among the parameters',
      '/execution_parameters/param_pair_overrides/1: "d" is not among the parameters',
    ]);
  });

  test('an input that is also an output is refused, in any spelling', () => {
    expect(problemsOf({ params: { 'a-b': 's3://b/k' }, inputs: ['a.b'], outputs: ['A_B'] })).toContain(
      '/execution_parameters/outputs: "A_B" is an input and an output',
    );
  });

  test('an output without a destination is refused with the two ways to give one', () => {
    expect(resolve({ params: { out: 'o' }, outputs: ['out'] }).problems).toEqual([
      {
        pointer: '/execution_parameters/params/out',
        message: 'this output has no destination, and the demand has no output_s3_prefix',
        remedy: 'Write "o @ s3://bucket/key", or give execution_parameters.output_s3_prefix',
      },
    ]);
  });

  test('a NUL character in a value is refused', () => {
    expect(problemsOf({ params: { a: 'x\0', 'b/c': ['\0'] } })).toEqual(
      [
        '/execution_parameters/params/a: the value contains a NUL character, and an environment variable cannot contain one',
        '/execution_parameters/params/b~1c: "B/C" cannot be the name of an environment variable',
      ].toReversed(),
    );
  });

  test('a number that changes when JSON is read is refused at its place in the value', () => {
    expect(resolve({ params: { a: 1, b: [1, { c: 2 ** 53 }] } }).problems).toMatchObject([
      { pointer: '/execution_parameters/params/b/1/c' },
    ]);
  });

  test.each<[string, Partial<ExecutionParameters>]>([
    ['an input of a wrong form', { params: { a: 5 }, inputs: ['a'] }],
    ['an input with an unknown reference in its remote', { params: { a: '${NO} @ l' }, inputs: ['a'] }],
    ['an input with an unknown reference and no local', { params: { a: '${NO}' }, inputs: ['a'] }],
    ['an input with an unknown reference in its local', { params: { a: 's3://b/k @ ${NO}' }, inputs: ['a'] }],
    [
      'an output with an unknown reference in its local',
      { params: { a: '${NO} @ s3://b/k' }, outputs: ['a'] },
    ],
    ['an output with an unknown reference in its remote', { params: { a: 'l @ ${NO}' }, outputs: ['a'] }],
  ])('%s has one problem, no transfer and no value', (_, given) => {
    const { problems, resolved } = resolve(given);
    expect(problems.map(({ pointer }) => pointer)).toEqual(['/execution_parameters/params/a']);
    expect(resolved).toEqual({ environment: new Map(), inputs: [], outputs: [], secrets: [] });
  });

  test('a path that the rules refuse is refused at its parameter', () => {
    const { problems, resolved } = resolve({ params: { in: 's3://b/k @ ${X}', x: 'bad' }, inputs: ['IN'] });
    expect(problems).toEqual([
      { pointer: '/execution_parameters/params/in', message: 'no input there', remedy: 'Elsewhere' },
    ]);
    expect(resolved.inputs).toEqual([]);
  });
});
