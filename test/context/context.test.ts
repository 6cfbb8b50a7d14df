import { buildContext } from '../../src/context/context';
import { readValidRequest } from '../../src/context/examine';
import type { Volumes } from '../../src/efs/model';
import type { MountPoint } from '../../src/transfer/mounts';
import { withoutEmpty } from '../../src/wire/json';
import { demandOf, type Fields } from '../demand/arbitraries';
import { MOUNT, SETTINGS, VOLUMES } from './worlds';

const PARAMETERS = {
  command: ['run', '${IN}'],
  params: { in: 's3://bucket/in @ in', 'out.1': 'out @ s3://bucket/out', word: 'x' },
  inputs: ['IN'],
  outputs: ['out.1'],
};

interface Given {
  readonly configuration?: Fields;
  readonly params?: Fields;
  readonly mounts?: readonly MountPoint[];
  readonly volumes?: Volumes;
  readonly hiddenName?: string;
  readonly execution?: string;
}

function build({
  configuration = {},
  params = {},
  mounts = [MOUNT],
  volumes = VOLUMES,
  hiddenName,
  execution,
}: Given = {}) {
  const request = {
    demand_execution: demandOf({ ...PARAMETERS, params: { ...PARAMETERS.params, ...params } }),
    context_manager_configuration: configuration,
  };
  const settings = { ...SETTINGS, mounts, ...withoutEmpty({ hiddenName }) };
  return buildContext(readValidRequest(request, SETTINGS), volumes, settings, execution);
}

const environmentOf = ({ response }: ReturnType<typeof build>) =>
  response.setup_configs.batch_create_request.environment;

/** A parameter that makes the environment list so many bytes long. */
function filling(bytes: number): Fields {
  const { environment } = readValidRequest(demandOf(PARAMETERS), SETTINGS).layout;
  const list = [...environment].map(([name, value]) => ({ name, value }));
  const others = Buffer.byteLength(JSON.stringify([...list, { name: 'LONG', value: '' }]));
  return { long: 'x'.repeat(bytes - others) };
}

describe('the environment file', () => {
  test('is in the working directory, and the job reads it there', () => {
    const built = build();
    expect(built.workingDirectory).toBe('/mnt/scratch/run-1');
    expect(built.environmentFile).toEqual({
      path: '/mnt/scratch/run-1/.demand.env',
      content: expect.stringContaining("export WORD='x'"),
    });
    expect(environmentOf(built)).toMatchObject({
      _ENVIRONMENT_FILE: '/opt/efs/scratch/run-1/.demand.env',
    });
    expect(environmentOf(built)).not.toHaveProperty('WORD');
  });

  test.each([
    ['ALWAYS', 0, true],
    ['NEVER', 8_000, false],
    ['IF_REQUIRED', 0, false],
    ['IF_REQUIRED', 7_372, false],
    ['IF_REQUIRED', 7_373, true],
  ])('in the mode %s, with %i bytes of environment, exists: %s', (mode, bytes, exists) => {
    const configuration = { env_file_write_mode: mode };
    const built = build({ configuration, params: bytes === 0 ? {} : filling(bytes) });
    expect(built.environmentFile !== undefined).toBe(exists);
    expect('_ENVIRONMENT_FILE' in environmentOf(built)).toBe(exists);
  });

  test.each([
    ['no file system', []],
    ['another file system', [{ ...MOUNT, fileSystemId: 'fs-2' }]],
    ['another folder of the file system', [{ ...MOUNT, root: '/scratch/other' }]],
  ])('does not exist when the process mounts %s', (_, mounts) => {
    const built = build({ mounts });
    expect(built).not.toHaveProperty('environmentFile');
    expect(built).not.toHaveProperty('workingDirectory');
    expect(environmentOf(built)).toMatchObject({ WORD: 'x' });
  });
});

describe('the environment file of a state machine of this service', () => {
  const hiddenName = '5f0c';

  test('does not exist while the environment fits into the overrides', () => {
    const built = build({ hiddenName });
    expect(built).not.toHaveProperty('environmentFile');
    expect(environmentOf(built)).toMatchObject({ WORD: 'x' });
    expect(environmentOf(built)).not.toHaveProperty('_ENVIRONMENT_FILE');
  });

  test('has a name that only the job gets, and only the variables that do not fit', () => {
    const built = build({ hiddenName, params: filling(7_400) });
    expect(built.environmentFile).toEqual({
      path: '/mnt/scratch/run-1/.demand.env/5f0c',
      content: expect.stringMatching(/^export LONG='x+'$/),
      isHidden: true,
    });
    expect(environmentOf(built)).toMatchObject({
      WORD: 'x',
      _ENVIRONMENT_FILE: '/opt/efs/scratch/run-1/.demand.env/5f0c',
    });
  });

  test.each([
    [6_553, false],
    [6_554, true],
  ])('with %i bytes of environment exists: %s', (bytes, exists) => {
    const { environmentFile } = build({ hiddenName, params: filling(bytes) });
    expect(environmentFile !== undefined).toBe(exists);
  });

  test.each([
    ['ALWAYS', 0, true],
    ['NEVER', 8_000, false],
  ])('in the mode %s, with %i bytes of environment, exists: %s', (mode, bytes, exists) => {
    const configuration = { env_file_write_mode: mode };
    const built = build({ hiddenName, configuration, params: bytes === 0 ? {} : filling(bytes) });
    expect(built.environmentFile !== undefined).toBe(exists);
    expect('WORD' in environmentOf(built)).toBe(!exists);
  });
});

describe('the command of the job', () => {
  const execution = 'arn:aws:states:us-west-2:123456789012:execution:m:run-1';
  const commandOf = ({ response }: ReturnType<typeof build>) =>
    JSON.stringify(response.setup_configs.batch_create_request);

  test('claims the working directory for the execution', () => {
    const built = build({ execution });
    expect(commandOf(built)).toContain('.demand.claim.');
    expect(environmentOf(built)).toMatchObject({ _EXECUTION: execution });
  });

  test.each([
    ['without an execution', {}],
    ['of a directory that this process does not mount', { execution, mounts: [] }],
  ])('claims nothing %s', (_, given) => {
    const built = build(given);
    expect(commandOf(built)).not.toContain('.demand.claim.');
    expect(environmentOf(built)).not.toHaveProperty('_EXECUTION');
  });

  test.each([
    ['reads the environment file, when there is a file', 'ALWAYS', true],
    ['reads no environment file, when there is no file', 'NEVER', false],
  ])('%s', (_, env_file_write_mode, isRead) => {
    expect(
      commandOf(build({ configuration: { env_file_write_mode } })).includes('. ${_ENVIRONMENT_FILE}'),
    ).toBe(isRead);
  });
});

test.each([
  ['of the shared volume is compared by content, and has the files of its source alone', false, true],
  ['of one execution is compared by size', true, false],
])('the copy of an input %s', (_, isolate_inputs, isMirror) => {
  const { response } = build({ configuration: { isolate_inputs } });
  const [request] = response.setup_configs.data_sync_requests;
  expect(request).toMatchObject({ delete: isMirror, size_only: !isMirror });
});

test('inputs and outputs get their absolute paths in the parameters, other parameters stay', () => {
  const { demand_execution: demand } = build().response;
  expect(demand.execution_parameters.params).toEqual({
    in: 's3://bucket/in @ /opt/efs/scratch/run-1/in',
    'out.1': '/opt/efs/scratch/run-1/out @ s3://bucket/out',
    word: 'x',
  });
});

test('transfers and removals have locations on EFS', () => {
  const { setup_configs: setup, cleanup_configs: cleanup } = build().response;
  expect(setup.data_sync_requests).toMatchObject([
    { source_path: 's3://bucket/in', destination_path: 'fs-1:/scratch/run-1/in' },
  ]);
  expect(cleanup.data_sync_requests).toMatchObject([
    { source_path: 'fs-1:/scratch/run-1/out', destination_path: 's3://bucket/out' },
  ]);
});

test.each([
  ['the inputs, then the working directory', {}, [['fs-1:/scratch/run-1/in'], ['fs-1:/scratch/run-1']]],
  [
    'the working directory alone without the clean-up of inputs',
    { cleanup_inputs: 'no' },
    [['fs-1:/scratch/run-1']],
  ],
  [
    'the inputs alone without the clean-up of the working directory',
    { cleanup_working_dir: false },
    [['fs-1:/scratch/run-1/in']],
  ],
  ['nothing without a clean-up', { cleanup_inputs: false, cleanup_working_dir: false }, []],
  ['no shared inputs', { isolate_inputs: false }, [[], ['fs-1:/scratch/run-1']]],
])('the removals are %s', (_, configuration, paths) => {
  const { remove_data_paths_requests: removals } = build({ configuration }).response.cleanup_configs;
  expect(removals).toEqual(paths.map((each) => ({ paths: each })));
});

test('a path outside of the volumes is refused', () => {
  const moved: Volumes = { ...VOLUMES, scratch: { ...VOLUMES.scratch, containerPath: '/other' } };
  expect(() => build({ volumes: moved })).toThrow(
    expect.objectContaining({
      name: 'FileSystemNotMounted',
      message: expect.stringContaining('/opt/efs/scratch/run-1'),
    }),
  );
});
