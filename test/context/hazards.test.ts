import { DemandValidationError } from '../../src/errors';
import { normalise } from '../../src/steps/normalise';
import { scaffolding } from '../../src/steps/scaffolding';
import { demandOf, type Fields } from '../demand/arbitraries';
import { stepWorld } from '../steps/worlds';

async function refusalsOf(event: unknown) {
  const error = await normalise(event, stepWorld()).catch((thrown: unknown) => thrown);
  if (!(error instanceof DemandValidationError)) throw new Error('this was accepted', { cause: error });
  return error.problems.map(({ pointer, message, remedy }) => `${pointer}: ${message}. ${remedy}`);
}

const param = (name: string) => `/execution_parameters/params/${name}`;
const input = (local: string): Fields => ({ params: { in: `s3://bucket/in @ ${local}` }, inputs: ['in'] });
const output = (local: string, key = 'out'): Fields => ({
  params: { out: `${local} @ s3://bucket/${key}` },
  outputs: ['out'],
});

describe('a whole execution refuses', () => {
  test.each(['a b', 'run?1', 'run*', '[x]', 'back\\slash'])(
    'the id %j, because a shell would split or expand it',
    async (execution_id) => {
      expect(await refusalsOf(demandOf({}, { execution_id }))).toEqual([
        expect.stringMatching(/^\/execution_id: .*white space.*Remove them from the execution_id$/s),
      ]);
    },
  );

  test.each(['path', 'uid', 'IFS', 'random'])(
    'the parameter %s, because it is a variable of the shell',
    async (name) => {
      expect(await refusalsOf(demandOf({ params: { [name]: 'x' } }))).toEqual([
        expect.stringContaining(`${param(name)}: "${name.toUpperCase()}" is a variable of the shell`),
      ]);
    },
  );

  test.each([
    ...['env', 'ps4', 'SHELLOPTS', 'bash-env', 'BASH_ENV', 'cdpath', 'GLOBIGNORE', 'prompt_command'],
    ...['FUNCNEST', 'bash.compat', 'pwd', 'OLDPWD', 'shlvl', '_', '-', 'bash', 'epochseconds', 'Bash_Argv0'],
  ])('the parameter %s, because the shell of the service obeys it', async (name) => {
    expect(await refusalsOf(demandOf({ params: { [name]: 'x' } }))).toEqual([
      expect.stringContaining('is a variable of the shell that runs the job'),
    ]);
  });

  test.each(['_environment_file', '_EXECUTION', 'aws-batch-job-id'])(
    'the parameter %s, because it is a variable of the service or of Batch',
    async (name) => {
      expect(await refusalsOf(demandOf({ params: { [name]: 'x' } }))).toEqual([
        expect.stringContaining('is a variable of the service or of AWS Batch'),
      ]);
    },
  );

  test.each([
    'ld-preload',
    'LD_LIBRARY_PATH',
    'ld.audit',
    'DYLD_INSERT_LIBRARIES',
    'node-options',
    'PYTHONSTARTUP',
    'bash_func_x',
  ])('the parameter %s, because programs load code with it', async (name) => {
    expect(await refusalsOf(demandOf({ params: { [name]: 'x' } }))).toEqual([
      expect.stringMatching(
        /makes each program of the job load or run other code.*the command can set the variable/,
      ),
    ]);
  });

  test.each(['ld', 'build', 'environment', 'pythonpath', 'paths', 'aws_region_of_data'])(
    'not the parameter %s',
    async (name) => {
      await normalise(demandOf({ params: { [name]: 'x' } }), stepWorld());
    },
  );

  test('a command that is longer than an argument of Linux', async () => {
    expect(await refusalsOf(demandOf({ command: ['x'.repeat(60_000), 'y'.repeat(60_000)] }))).toEqual([
      '/execution_parameters/command: the command has 120001 bytes, and Linux starts no shell with more than 120000. Put the command into a file that is an input, and run that file',
    ]);
    await normalise(demandOf({ command: ['x'.repeat(120_000)] }), stepWorld());
  });

  test.each(['_execution', '_previous_jobs', 'aws_batch_job_id', 'AWS_BATCH_X'])(
    'the parameter %s, because it is a variable of the service or of Batch',
    async (name) => {
      expect(await refusalsOf(demandOf({ params: { [name]: 'x' } }))).toEqual([
        `${param(name)}: "${name.toUpperCase()}" is a variable of the service or of AWS Batch. Rename the parameter`,
      ]);
    },
  );

  test.each([
    ['an input at the root of a volume', input('/opt/efs/scratch'), 'in', 'the whole volume scratch'],
    ['an output that is the shared volume', output('/opt/efs/shared/'), 'out', 'lies in the shared volume'],
    ['an output in the shared volume', output('/opt/efs/shared/key'), 'out', 'where jobs cannot write'],
    ['an input in the shared volume', input('/opt/efs//shared/./key'), 'in', 'other executions read'],
    [
      'an input that a reference leads into the shared volume',
      { params: { to: '/opt/efs/shared/', in: 's3://evil/x @ ${To}key' }, inputs: ['in'] },
      'in',
      'lies in the shared volume',
    ],
    [
      'an input of an object in the shared volume',
      {
        params: { in: { local: '/opt/efs/shared/key', remote: 's3://evil/x', include: '.*' } },
        inputs: ['in'],
      },
      'in',
      'lies in the shared volume',
    ],
    ['a key that is too long', output('out', 'k'.repeat(1025)), 'out', 'has 1025 bytes, and S3 accepts 1024'],
    [
      'an input in the directory of another execution',
      input('/opt/efs/scratch/other'),
      'in',
      'outside of the',
    ],
    [
      'an output in the directory of another execution',
      output('/opt/efs/scratch/other/out'),
      'out',
      'outside of the',
    ],
    ['an input in the place of the environment file', input('.demand.env'), 'in', 'a file of the service'],
    [
      'an output below the place of the owner file',
      output('.demand.owner/x'),
      'out',
      'a file of the service',
    ],
    ['the working directory as an output', output('.'), 'out', 'is the working directory itself'],
    ['a destination that is a whole bucket', output('out', ''), 'out', 'is the whole bucket bucket'],
  ])('%s', async (_, parameters, name, message) => {
    expect(await refusalsOf(demandOf(parameters))).toEqual([
      expect.stringMatching(new RegExp(`^${param(name)}: .*${message}`)),
    ]);
  });

  const both = (local: string, place: string, key: string): Fields => ({
    params: { in: `s3://bucket/in/ @ ${local}`, out: `${place} @ s3://bucket/${key}` },
    inputs: ['in'],
    outputs: ['out'],
  });

  test.each([
    ['at a destination that is an input', both('in', 'out', 'in/'), 'contains the input "in"'],
    ['at a destination around an input', both('in', 'out', 'in'), 'contains the input "in"'],
    ['at a destination whose name only begins like an input', both('in', 'out', 'i'), undefined],
    ['at a destination in an input', both('in', 'out', 'in/results'), undefined],
    ['with an input in it', both('results/in', 'results', 'out/'), 'lies inside this output'],
  ])('an output %s', async (_, parameters, message) => {
    const event = demandOf(parameters);
    if (message === undefined) await expect(normalise(event, stepWorld())).resolves.toBeDefined();
    else
      expect(await refusalsOf(event)).toEqual([
        expect.stringMatching(new RegExp(`^${param('out')}: .*${message}`)),
      ]);
  });

  test.each([
    ['/execution_image', { execution_image: 'my image' }],
    ['/execution_parameters/command', { execution_parameters: { command: ['', ' \n'] } }],
  ])('%s when it is invalid', async (pointer, fields) => {
    expect(await refusalsOf(demandOf({}, fields))).toEqual([expect.stringMatching(`^${pointer}: `)]);
  });

  test('two volumes at one path, and a volume with white space in its path', async () => {
    const request = (file_system_configurations: Fields) => ({
      demand_execution: demandOf(),
      file_system_configurations,
    });
    expect(await refusalsOf(request({ shared: { container_path: '/opt/efs/scratch' } }))).toEqual([
      expect.stringContaining(
        '/file_system_configurations/shared: another volume already has the container path',
      ),
    ]);
    expect(await refusalsOf(request({ scratch: { container_path: '/my files' } }))).toEqual([
      expect.stringContaining('/file_system_configurations/scratch: "/my files" contains white space'),
    ]);
  });

  test('the tmp volume at the path of another volume, or with white space in its path', async () => {
    const linesOf = (container_path: string) =>
      refusalsOf({ demand_execution: demandOf(), file_system_configurations: { tmp: { container_path } } });
    expect(await linesOf('/opt/efs/scratch')).toContainEqual(
      expect.stringContaining(
        '/file_system_configurations/tmp: another volume already has the container path',
      ),
    );
    expect(await linesOf('/my files')).toEqual([
      expect.stringContaining('/file_system_configurations/tmp: "/my files" contains white space'),
    ]);
  });

  test.each([
    ['at the root of the tmp volume', '/opt/efs/tmp', 'the whole volume tmp'],
    ['around a volume', '/opt/efs/scratch/all', 'the whole volume shared'],
  ])('an input %s', async (_, local, message) => {
    const file_system_configurations = {
      shared: { container_path: '/opt/efs/scratch/all/shared' },
      tmp: { container_path: '/opt/efs/tmp' },
    };
    expect(
      await refusalsOf({ demand_execution: demandOf(input(local)), file_system_configurations }),
    ).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ['the shared volume around scratch', { shared: { container_path: '/opt/efs' } }, '/opt/efs/scratch'],
    ['the shared volume at the root', { shared: { container_path: '/' } }, '/opt/efs/scratch'],
    [
      'scratch inside the shared volume',
      { scratch: { container_path: '/opt/efs/shared/a' } },
      '/opt/efs/shared/a',
    ],
    ['tmp inside the shared volume', { tmp: { container_path: '/opt/efs/shared/t' } }, '/opt/efs/shared/t'],
  ])('a path of another execution, with %s', async (_, file_system_configurations, volume) => {
    const params = { in: `s3://bucket/a @ ${volume}/other/in`, out: `${volume}/other/out @ s3://bucket/b` };
    const demand_execution = demandOf({ params, inputs: ['in'], outputs: ['out'] });
    expect(await refusalsOf({ demand_execution, file_system_configurations })).toEqual([
      expect.stringContaining('/params/in: the local path'),
      expect.stringContaining('/params/out: the local path'),
    ]);
  });

  test('missing resources, with an amount to add', async () => {
    expect(await refusalsOf(demandOf({}, { resource_requirements: {} }))).toEqual([
      expect.stringContaining('Add "memory": 2048 (MiB)'),
      expect.stringContaining('Add "vcpus": 1'),
    ]);
  });

  test('a key that is too long, with the bytes to remove', async () => {
    expect(await refusalsOf(demandOf(output('out', 'k'.repeat(1_030))))).toEqual([
      expect.stringContaining('Shorten the key by 6 bytes'),
    ]);
  });

  test('missing resources and an invalid type also when other fields have a wrong form', async () => {
    const broken = { execution_image: '', execution_type: 'a b', resource_requirements: {} };
    expect((await refusalsOf(demandOf({}, broken))).map((line) => line.split(':')[0])).toEqual([
      '/execution_image',
      '/execution_type',
      '/resource_requirements/memory',
      '/resource_requirements/vcpus',
    ]);
  });
});

test.each([
  ['a key of 1,024 bytes', output('out', 'k'.repeat(1_024))],
  ['an empty word in the command', { command: ['echo', ''] }],
])('a whole execution accepts %s', async (_, parameters) => {
  await expect(normalise(demandOf(parameters), stepWorld())).resolves.toBeDefined();
});

test('fields outside of the demand are not passed on', async () => {
  const stray = { file_system_configurations: 5, contextManagerConfiguration: { isolate_inputs: false } };
  expect(await normalise(demandOf({}, stray), stepWorld())).toMatchObject({
    file_system_configurations: {},
    context_manager_configuration: {},
  });
});

test('a state machine of the original gets its answer without these checks', async () => {
  const demand = demandOf({ params: { path: 'x' } }, { execution_id: 'a b', resource_requirements: {} });
  await expect(scaffolding({ demand_execution: demand }, stepWorld())).resolves.toMatchObject({
    demand_execution: { execution_id: 'a b' },
  });
});
