/** Parameters that are secrets: only the shell of the job fills them in. */
import type { ExecutionParameters } from '../../src/demand/model';
import { type PathRules, resolveParameters } from '../../src/demand/parameters';
import { parseLocation } from '../../src/transfer/location';

const SECRET = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:demands/db-AbCdEf';
const PARAMETER = 'arn:aws:ssm:us-west-2:111122223333:parameter/demands/token';

const RULES: PathRules = {
  place: (_direction, { local }) => ({ path: `/job/${local}`, location: parseLocation('s3://bucket/key') }),
};

function resolve(params: Record<string, unknown>, lists: Partial<ExecutionParameters> = {}) {
  const given = { command: ['true'], params, inputs: [], outputs: [], outputsMetadata: {}, verbosity: false };
  return resolveParameters({ ...given, ...lists }, RULES);
}

test('a secret is in no value of the environment', () => {
  const { resolved, problems } = resolve({
    'db.password': { secret: `${SECRET}:password::` },
    api_token: { secret: PARAMETER },
    word: 'x',
  });
  expect(problems).toEqual([]);
  expect([...resolved.environment]).toEqual([['WORD', 'x']]);
  expect(resolved.secrets).toMatchObject([
    { parameter: 'db.password', environmentName: 'DB_PASSWORD', valueFrom: `${SECRET}:password::` },
    { parameter: 'api_token', environmentName: 'API_TOKEN', valueFrom: PARAMETER },
  ]);
});

test.each([
  ['another value', { params: { word: 'x${api_token}' } }, 'word'],
  ['a chain of values', { params: { word: '${next}', next: '${API_TOKEN}' } }, 'next'],
  ['the remote side of an input', { params: { in: 's3://b/${Api_Token} @ in' }, inputs: ['in'] }, 'in'],
  ['the local side of an output', { params: { out: '${API_TOKEN} @ s3://b/k' }, outputs: ['out'] }, 'out'],
  ['an object', { params: { word: { key: '${API_TOKEN}' } } }, 'word'],
])('a reference to a secret in %s is refused', (_, { params, ...lists }, name) => {
  const { resolved, problems } = resolve({ 'api-token': { secret: PARAMETER }, ...params }, lists);
  expect(problems).toEqual([
    {
      pointer: `/execution_parameters/params/${name}`,
      message: expect.stringContaining('${API_TOKEN} refers to a secret'),
      remedy: expect.stringContaining('$API_TOKEN in the command'),
    },
  ]);
  expect(resolved.environment.has(name.toUpperCase())).toBe(false);
});

test.each(['inputs', 'outputs'] as const)('a secret among the %s is refused', (list) => {
  const { problems } = resolve({ token: { secret: PARAMETER } }, { [list]: ['token'] });
  expect(problems).toMatchObject([
    {
      pointer: '/execution_parameters/params/token',
      message: 'a secret cannot be an input or an output',
    },
  ]);
});

test('a malformed secret and a nested secret are refused, and a reference to the malformed one is told', () => {
  const { problems } = resolve({
    bad: { secret: 'hunter2' },
    nested: [{ secret: PARAMETER }],
    word: '${BAD}',
  });
  expect(problems.map(({ pointer }) => pointer.split('/').at(-1))).toEqual(['bad', 'nested', 'word']);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test('an object with a field `secret` and other fields is a value, as before', () => {
  const { resolved, problems } = resolve({ value: { secret: 'x', other: 1 } });
  expect(problems).toEqual([]);
  expect(resolved.environment.get('VALUE')).toBe("{'secret': 'x', 'other': 1}");
});
