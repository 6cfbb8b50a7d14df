import { buildContext } from '../../src/steps/build-context';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { scaffolding } from '../../src/steps/scaffolding';
import type { MountPoint } from '../../src/transfer/mounts';
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
) {
  const world = stepWorld(settings);
  const request = {
    demand_execution: demandOf({ ...PARAMETERS, ...parameters }),
    context_manager_configuration: configuration,
  };
  const volumes = await resolveEfs(request, world);
  const response = await buildContext({ request, volumes }, world);
  return { response, made: world.made, job: response.setup_configs.batch_create_request };
}

describe('the environment file', () => {
  test('is written into the new working directory where that is mounted', async () => {
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
    ['asked never', { env_file_write_mode: 'NEVER' }, {}],
    ['small enough', { env_file_write_mode: 'IF_REQUIRED' }, {}],
    ['mounted nowhere', {}, { mounts: [] }],
    ['mounted elsewhere', {}, { mounts: [{ path: '/mnt', fileSystemId: 'fs-1', root: '/scratch/other' }] }],
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

  test('names every mistake, and nothing was made', async () => {
    const circle = { params: { a: '${B}', b: '${A}' } };
    expect(await refusedWith({ execution_id: '..' }, circle)).toMatchObject({
      problems: [
        { pointer: '/demand_execution/execution_id' },
        { pointer: '/demand_execution/execution_parameters/params/b' },
      ],
    });
  });

  test('of volumes that are not those of the request', async () => {
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

test('both steps in one call say and make the same', async () => {
  const { response, made } = await build();
  const world = stepWorld();
  const request = { demand_execution: demandOf(PARAMETERS) };
  expect(await scaffolding(request, world)).toEqual(response);
  expect(world.made).toEqual(made);
});

/** ECS and efs-utils together open no path whose names are longer; `dev-`, a dash and a hash are 69 characters. */
test.each([
  [139 - 69 - 3 - 'scratch-01234567'.length, {}],
  [139 - 69 - 3 - 24, { tmp: { container_path: `/${'x'.repeat(30)}` } }],
])('a type of %i characters is just short enough with %j', async (most, file_system_configurations) => {
  const call = (length: number) => {
    const demand_execution = demandOf({}, { execution_type: 't'.repeat(length) });
    return scaffolding({ demand_execution, file_system_configurations }, stepWorld());
  };
  expect(await call(most)).toBeDefined();
  await expect(call(most + 2)).rejects.toMatchObject({
    problems: [
      {
        pointer: '/demand_execution/execution_type',
        remedy: expect.stringMatching(/Shorten execution_type.* by 2 characters/),
      },
    ],
  });
});

test('a directory whose environment file cannot be written is taken away again', async () => {
  const world = stepWorld();
  const volumes = await resolveEfs(demandOf(), world);
  const files = { ...world.files, writeFile: () => Promise.reject(new Error('no space left')) };
  const building = buildContext({ request: demandOf(), volumes, execution: 'arn' }, { ...world, files });
  await expect(building).rejects.toThrow('no space left');
  expect([...world.made]).toEqual([]);
});
