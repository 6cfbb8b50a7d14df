import fc from 'fast-check';
import { localNameOf, readResolvable, writeResolvable } from '../../src/demand/resolvables';
import { runs } from './arbitraries';

const AT = ['execution_parameters', 'params', 'x'];
const readInput = (value: unknown) => readResolvable('input', value, AT);
const readOutput = (value: unknown) => readResolvable('output', value, AT);

describe('a text', () => {
  test.each([
    ['input', 's3://b/k @ here', { local: 'here', remote: 's3://b/k' }],
    ['input', 's3://b/k@v', { remote: 's3://b/k@v' }],
    ['output', 'here @ s3://b/k', { local: 'here', remote: 's3://b/k' }],
    ['output', 'here', { local: 'here' }],
    ['input', '@', { remote: '@' }],
  ] as const)('of an %s, %j, has its sides', (direction, value, sides) => {
    const { resolvable, problems } = readResolvable(direction, value, AT);
    expect(problems).toEqual([]);
    expect(resolvable).toMatchObject({ ...sides, filters: {} });
    expect(Object.keys(sides)).toEqual(
      ['local', 'remote'].filter((side) => Object.hasOwn(resolvable ?? {}, side)),
    );
  });

  test.each([
    '',
    ' ',
    ' @ ',
    'a @ ',
    ' @ b',
    'a @ b @ c',
    'a  @ b',
    'a b',
    'a\t@ b',
    'a @ b c',
    'a\n',
    'a\u00a0b',
  ])('%j is refused, and the message names the right form', (value) => {
    expect(readInput(value).problems).toEqual([
      {
        pointer: '/execution_parameters/params/x',
        message: `"${value}" does not have the form "s3://bucket/key @ local"`,
        remedy: expect.stringContaining('an object with local and remote'),
      },
    ]);
    expect(readOutput(value).problems[0]?.message).toContain('"local @ s3://bucket/key"');
  });
});

describe('an object', () => {
  test.each([
    ['empty filters has no filters', { include: '', exclude: [] }, {}],
    ['a filter that is null has the other filter', { include: null, exclude: 'x' }, { exclude: 'x' }],
    ['a list of patterns has all patterns', { include: ['a', 'b'] }, { include: ['a', 'b'] }],
    ['other fields has no filters', { action: 'LOCALIZE', unknown: 1 }, {}],
  ])('with %s', (_, given, filters) => {
    const { resolvable, problems } = readInput({ local: 'l', remote: 'r', ...given });
    expect(problems).toEqual([]);
    expect(resolvable).toEqual({ direction: 'input', local: 'l', remote: 'r', filters });
  });

  test.each([
    ['without a remote', { local: 'l' }, ['/remote']],
    ['with an empty remote and a local number', { remote: '', local: 5 }, ['/local', '/remote']],
    ['with the action of an output', { local: 'l', remote: 'r', action: 'DELOCALIZE' }, ['/action']],
    [
      'with filters of other types',
      { local: 'l', remote: 'r', include: 5, exclude: [null] },
      ['/include', '/exclude'],
    ],
    [
      'with invalid patterns',
      { local: 'l', remote: 'r', include: ['a', '('], exclude: '*' },
      ['/include/1', '/exclude'],
    ],
    ['that is a number', 5, ['']],
    ['that is null', null, ['']],
    ['that is a list', ['s3://b/k'], ['']],
  ])('%s is refused', (_, value, places) => {
    expect(readInput(value).problems.map(({ pointer }) => pointer)).toEqual(
      places.map((place) => `/execution_parameters/params/x${place}`),
    );
  });

  test('of an output has the action DELOCALIZE', () => {
    const value = { local: 'l', remote: 'r', action: 'DELOCALIZE' };
    expect(readOutput(value).problems).toEqual([]);
    expect(readOutput({ ...value, action: 'LOCALIZE' }).problems[0]?.message).toBe(
      'expected "DELOCALIZE", got "LOCALIZE"',
    );
  });
});

test('a written input or output reads back as the same', () => {
  const word = fc.stringMatching(/^[!-~]{1,8}$/).filter((text) => text !== '@');
  const filter = fc.constantFrom<{ include?: string | string[]; exclude?: string[] }>(
    {},
    { include: 'a' },
    { include: ['a', 'b'], exclude: ['c'] },
  );
  const direction = fc.constantFrom('input' as const, 'output' as const);
  const isReadBack = fc.property(direction, word, word, filter, (way, local, remote, filters) => {
    const { resolvable } = readResolvable(way, writeResolvable(way, local, remote, filters), AT);
    expect(resolvable).toEqual({ direction: way, local, remote, filters });
  });
  fc.assert(isReadBack, runs(500));
});

test.each([
  ['an input without filters is written as a text', 'input', {}, 'r @ l'],
  ['an output without filters is written as a text', 'output', {}, 'l @ r'],
  [
    'an input with a filter is written as an object',
    'input',
    { exclude: 'x' },
    { local: 'l', remote: 'r', exclude: 'x', action: 'LOCALIZE' },
  ],
  [
    'an output with a filter is written as an object',
    'output',
    { include: ['x'] },
    { local: 'l', remote: 'r', include: ['x'], action: 'DELOCALIZE' },
  ],
] as const)('%s', (_, direction, filters, written) => {
  expect(writeResolvable(direction, 'l', 'r', filters)).toEqual(written);
});

test('a local name is computed from the remote alone, and is a plain file name', () => {
  expect(localNameOf('s3://b/k')).toBe('tmpa65db92a');
  expect(localNameOf('../${X}')).toMatch(/^tmp[0-9a-f]{8}$/);
});
