import type { ExecutionParameters } from '../../src/demand/model';
import { type PathRules, resolveParameters } from '../../src/demand/parameters';

const RULES: PathRules = {
  place: (direction, { local }) =>
    local === 'bad'
      ? { refusal: { message: `no ${direction} there`, remedy: 'Elsewhere' } }
      : { path: `/job/${local}` },
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

describe('what a job finds', () => {
  test('values in the order of the demand, inputs and outputs as their paths', () => {
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

  test('transfers in the order of their lists, each once, named as the parameters are', () => {
    const { resolved } = resolve({
      params: { a: 's3://b/a @ a', b: 's3://b/b @ b' },
      inputs: ['B', 'a', 'b'],
    });
    expect(resolved.inputs.map(({ name, path }) => [name, path])).toEqual([
      ['b', '/job/b'],
      ['a', '/job/a'],
    ]);
  });

  test('both sides are filled in, filters are not', () => {
    const value = { local: '${X}', remote: 's3://b/${x}', include: '${X}' };
    const { resolved, problems } = resolve({ params: { in: value, x: 'y' }, inputs: ['in'] });
    expect(resolved.inputs).toMatchObject([{ local: 'y', remote: 's3://b/y', filters: { include: '${X}' } }]);
    // A "$" before the end matches nothing, but it is a regular expression.
    expect(problems).toEqual([]);
  });

  test('an output without a remote goes below the prefix', () => {
    const params = { one: 'a', two: '/abs', x: 'y' };
    const { resolved } = resolve({ params, outputs: ['one', 'two'], outputS3Prefix: 's3://b/p//' });
    expect(resolved.outputs.map(({ remote }) => remote)).toEqual(['s3://b/p/a', 's3://b/p/abs']);
  });

  test('an input without a local is named after its remote, filled in', () => {
    const { resolved } = resolve({ params: { in: 's3://b/${X}', x: 'k' }, inputs: ['in'] });
    expect(resolved.inputs[0]?.local).toBe('tmpa65db92a');
  });

  test('names of what every object has are plain names', () => {
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
  test('lists that name no parameter, each by its place', () => {
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

  test('an input that is an output as well, by any spelling', () => {
    expect(problemsOf({ params: { 'a-b': 's3://b/k' }, inputs: ['a.b'], outputs: ['A_B'] })).toContain(
      '/execution_parameters/outputs: "A_B" is an input and an output',
    );
  });

  test('no destination: with the demand that would have one', () => {
    expect(resolve({ params: { out: 'o' }, outputs: ['out'] }).problems).toEqual([
      {
        pointer: '/execution_parameters/params/out',
        message: 'this output has no destination, and the demand has no output_s3_prefix',
        remedy: 'Write "o @ s3://bucket/key", or give execution_parameters.output_s3_prefix',
      },
    ]);
  });

  test('a NUL, whether written or filled in', () => {
    expect(problemsOf({ params: { a: 'x\0', 'b/c': ['\0'] } })).toEqual(
      [
        '/execution_parameters/params/a: the value holds a NUL character, which no environment variable can',
        '/execution_parameters/params/b~1c: "B/C" cannot be the name of an environment variable',
      ].toReversed(),
    );
  });

  test('numbers that JSON loses, by their place in the value', () => {
    const params = { a: 2 ** 53, b: [1, { c: -(2 ** 60) }], d: JSON.parse('1e999'), e: 2 ** 53 - 1, f: 0.1 };
    expect(resolve({ params }).problems.map(({ pointer, remedy }) => [pointer, remedy])).toEqual([
      ['/execution_parameters/params/a', 'Give it as a string'],
      ['/execution_parameters/params/b/1/c', 'Give it as a string'],
      ['/execution_parameters/params/d', 'Give it as a string'],
    ]);
  });

  test('a path that the rules refuse, by the parameter that says it', () => {
    const { problems, resolved } = resolve({ params: { in: 's3://b/k @ ${X}', x: 'bad' }, inputs: ['IN'] });
    expect(problems).toEqual([
      { pointer: '/execution_parameters/params/in', message: 'no input there', remedy: 'Elsewhere' },
    ]);
    expect(resolved.inputs).toEqual([]);
  });
});
