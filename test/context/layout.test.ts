import { type LayoutSettings, layOut } from '../../src/context/layout';
import { readRequest } from '../../src/context/request';
import { demandOf, type Fields } from '../demand/arbitraries';
import { SETTINGS } from './worlds';

const PARAMETERS = {
  params: { in: 's3://bucket/in @ in', out: 'out @ s3://bucket/out', word: 'x' },
  inputs: ['in'],
  outputs: ['out'],
};

function lay(parameters: Fields = {}, request: Fields = {}, options: Partial<LayoutSettings> = {}) {
  const { layoutInput } = readRequest({
    demand_execution: demandOf({ ...PARAMETERS, ...parameters }),
    ...request,
  });
  if (layoutInput === undefined) throw new Error('the parameters could not be read');
  return layOut(layoutInput, { ...SETTINGS, ...options });
}

test('the environment has the paths of the inputs and outputs', () => {
  const { layout, problems } = lay();
  expect(problems).toEqual([]);
  expect(Object.fromEntries(layout.environment)).toEqual({
    EXECUTION_ID: 'run-1',
    WORKING_DIR: '/opt/efs/scratch/run-1',
    TMPDIR: '/opt/efs/scratch/tmp',
    IN: '/opt/efs/scratch/run-1/in',
    OUT: '/opt/efs/scratch/run-1/out',
    WORD: 'x',
    ENV_BASE: 'dev',
    AWS_REGION: 'us-west-2',
  });
});

test('the deployment can set the root of the container paths', () => {
  const { layout } = lay({}, {}, { containerRoot: '/data' });
  expect(layout.paths).toMatchObject({
    workingDirectory: '/data/scratch/run-1',
    tmpDirectory: '/data/scratch/tmp',
  });
});

test('a volume tmp is the folder of temporary files', () => {
  const { layout } = lay({}, { file_system_configurations: { tmp: { container_path: '/fast' } } });
  expect(layout.environment.get('TMPDIR')).toBe('/fast');
});

test('inputs that are not isolated go to the shared volume, and two of them may be the same', () => {
  const parameters = { params: { a: 's3://b00/k', b: 's3://b00/k' }, inputs: ['a', 'b'], outputs: [] };
  const { layout, problems } = lay(parameters, { context_manager_configuration: { isolate_inputs: false } });
  const [one, other] = layout.parameters.inputs;
  expect(problems).toEqual([]);
  expect(one?.path).toMatch(/^\/opt\/efs\/shared\/[0-9a-f]{64}$/);
  expect(other?.path).toBe(one?.path);
});

test('a file:// remote is valid only where the deployment allows it', () => {
  const parameters = { params: { out: 'out @ file:///home/me/out' }, inputs: [], outputs: ['out'] };
  expect(lay(parameters).problems).toMatchObject([{ pointer: '/execution_parameters/params/out' }]);
  expect(lay(parameters, {}, { allowFileRemotes: true }).problems).toEqual([]);
});

test('problems of the id, the parameters, the environment and the overlaps come together', () => {
  const params = { ...PARAMETERS.params, out: 'in/out @ s3://bucket/out', bad: '${NOPE}', tmpdir: '/x' };
  const demand_execution = demandOf({ ...PARAMETERS, params }, { execution_id: 'a/b' });
  const { problems, layout } = lay({}, { demand_execution });
  expect(problems.map(({ pointer }) => pointer)).toEqual([
    '/execution_id',
    '/execution_parameters/params/bad',
    '/execution_parameters/params/tmpdir',
    '/execution_parameters/params/out',
  ]);
  expect(layout.environment.get('WORD')).toBe('x');
});

test('a secret is no variable of the environment, and the stage has to allow it', () => {
  const secret = 'arn:aws:ssm:us-west-2:111122223333:parameter/demands/token';
  const params = { ...PARAMETERS.params, token: { secret }, env_base: { secret } };
  const allowedSecrets = ['arn:aws:ssm:us-west-2:111122223333:parameter/demands/*'];
  const allowed = lay({ params: { ...PARAMETERS.params, token: { secret } } }, {}, { allowedSecrets });
  expect(allowed.problems).toEqual([]);
  expect(allowed.layout.environment.has('TOKEN')).toBe(false);
  expect(allowed.layout.parameters.secrets).toMatchObject([{ valueFrom: secret }]);
  const pointers = lay({ params }).problems.map(({ pointer }) => pointer.split('/').at(-1));
  expect(pointers).toEqual(['env_base', 'token', 'env_base']);
});
