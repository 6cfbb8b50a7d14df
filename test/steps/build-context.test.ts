import { passSigterm } from '../../src/batch/stop-signal';
import { buildContext, buildContextForState } from '../../src/steps/build-context';
import { resolveEfs } from '../../src/steps/resolve-efs';
import type { MountPoint } from '../../src/transfer/mounts';
import { withoutEmpty } from '../../src/wire/json';
import { demandOf, type Fields } from '../demand/arbitraries';
import { stepWorld } from './worlds';

const PARAMETERS = {
  command: ['run', '${IN}'],
  params: { in: 's3://bucket/in @ in', out: 'out @ s3://bucket/out', 'long-one': 'x' },
  inputs: ['in'],
  outputs: ['out'],
};

async function build(
  configuration: Fields = {},
  parameters: Fields = {},
  settings: { readonly mounts?: readonly MountPoint[] } = {},
  execution?: string,
) {
  const world = stepWorld(settings);
  const request = {
    demand_execution: demandOf({ ...PARAMETERS, ...parameters }),
    context_manager_configuration: configuration,
  };
  const volumes = await resolveEfs(request, world);
  const response = await buildContext({ request, volumes, ...withoutEmpty({ execution }) }, world);
  return { response, made: world.made, job: response.setup_configs.batch_create_request };
}

describe('the claim of the working directory', () => {
  test('begins the command of a whole execution, and names the execution', async () => {
    const { job } = await build({}, {}, {}, 'arn:one');
    expect(job.environment).toMatchObject({ _EXECUTION: 'arn:one' });
    expect(job.command[2]).toMatch(/^\(\n.*\n\) \|\| exit\n\{ mkdir -p .*; \} \|\| exit\ntrap /s);
    expect(job.command[2]?.endsWith(`exit\n${passSigterm('set -o pipefail\nrun ${IN}')}`)).toBe(true);
  });

  test.each([
    ['of the contract, without an execution', {}, undefined],
    ['of a directory that this process does not mount', { mounts: [] }, 'arn:one'],
  ])('is not in the command %s', async (_, settings, execution) => {
    const { job } = await build({}, {}, settings, execution);
    expect(job.environment).not.toHaveProperty('_EXECUTION');
    expect(job.command[2]).toMatch(/^mkdir -p \$\{WORKING_DIR\} && /);
  });
});

describe('the environment file', () => {
  test('is written into the new working directory on a mounted file system', async () => {
    const { made, job } = await build();
    expect([...made.keys()]).toEqual(['/mnt/scratch/run-1', '/mnt/scratch/run-1/.demand.env']);
    expect(made.get('/mnt/scratch/run-1/.demand.env')).toContain("export LONG_ONE='x'");
    expect(Object.keys(job.environment)).toEqual([
      'WORKING_DIR',
      'TMPDIR',
      'IN',
      'ENV_BASE',
      'AWS_REGION',
      '_ENVIRONMENT_FILE',
    ]);
    expect(job.command[2]).toContain('. ${_ENVIRONMENT_FILE}');
  });

  test.each([
    ['the mode is NEVER', { env_file_write_mode: 'NEVER' }, {}],
    ['the mode is IF_REQUIRED and the environment is small', { env_file_write_mode: 'IF_REQUIRED' }, {}],
    ['no file system is mounted', {}, { mounts: [] }],
    [
      'another folder is mounted',
      {},
      { mounts: [{ path: '/mnt', fileSystemId: 'fs-1', root: '/scratch/other' }] },
    ],
  ])('is not written when %s', async (_, configuration, settings) => {
    const { made, job } = await build(configuration, {}, settings);
    expect([...made.keys()]).toEqual('mounts' in settings ? [] : ['/mnt/scratch/run-1']);
    expect(job.environment).toMatchObject({ LONG_ONE: 'x', OUT: '/opt/efs/scratch/run-1/out' });
    expect(job.environment).not.toHaveProperty('_ENVIRONMENT_FILE');
    expect(job.command[2]).not.toContain('_ENVIRONMENT_FILE');
  });
});

describe('a refusal', () => {
  async function refusedWith(fields: Fields, parameters: Fields = {}) {
    const world = stepWorld();
    const volumes = await resolveEfs(demandOf(), world);
    const request = { demand_execution: demandOf(parameters, fields) };
    const error = await buildContext({ request, volumes }, world).catch((thrown: unknown) => thrown);
    expect(world.made.size).toBe(0);
    return error;
  }

  test('names every mistake, and nothing is made', async () => {
    const circle = { params: { a: '${B}', b: '${A}' } };
    expect(await refusedWith({ execution_id: '..' }, circle)).toMatchObject({
      problems: [
        { pointer: '/demand_execution/execution_id' },
        { pointer: '/demand_execution/execution_parameters/params/b' },
      ],
    });
  });

  test('of volumes of another request, or of no volumes', async () => {
    const world = stepWorld();
    const request = {
      demand_execution: demandOf(),
      file_system_configurations: { scratch: { container_path: '/a' } },
    };
    const volumes = await resolveEfs(demandOf(), world);
    await expect(buildContext({ request, volumes }, world)).rejects.toMatchObject({
      name: 'FileSystemNotMounted',
    });
    await expect(buildContext({ request }, world)).rejects.toThrow('/volumes: volumes is missing');
  });
});

test('a new directory is removed when its environment file cannot be written', async () => {
  const world = stepWorld();
  const volumes = await resolveEfs(demandOf(), world);
  const files = { ...world.files, writeFile: () => Promise.reject(new Error('no space left')) };
  const building = buildContext({ request: demandOf(), volumes, execution: 'arn' }, { ...world, files });
  await expect(building).rejects.toThrow('no space left');
  expect([...world.made]).toEqual([]);
});

test('each call for a state machine gives a large environment a file with a new name', async () => {
  const ids = ['first', 'second'];
  const documents = {
    folder: 's3://bucket/executions',
    readJson: async () => undefined,
    writeJson: async () => undefined,
  };
  const world = { ...stepWorld(), documents, uniqueId: () => ids.shift() ?? '' };
  const request = { demand_execution: demandOf({ params: { long: 'x'.repeat(9_000) } }) };
  const volumes = await resolveEfs(request, world);
  const build = () => buildContextForState({ request, volumes, execution: 'arn' }, world);
  const environments = [await build(), await build()].map(
    ({ setup_configs }) => setup_configs.batch_create_request.environment._ENVIRONMENT_FILE,
  );
  const folder = '/opt/efs/scratch/run-1/.demand.env';
  expect(environments).toEqual([`${folder}/first`, `${folder}/second`]);
  expect(world.made.get('/mnt/scratch/run-1/.demand.env/second')).toMatch(/^export LONG='x+'$/m);
});
