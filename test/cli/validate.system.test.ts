/** `demand validate`: names every mistake of a demand. */
import { jsonLines } from './demand-process';
import { DATA, treeOf, World, writeTree } from './world';

let world: World;
let before: Record<string, string>;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

function listing(): Record<string, string> {
  return treeOf(world.folder, { withFolders: true });
}

const MISTAKES = {
  execution_id: '../up',
  execution_image: '',
  execution_parameters: {
    command: [],
    params: {
      'a-b': 1,
      'a.b': 2,
      one: '${TWO}',
      two: '${ONE}',
      absent: 's3://bucket/absent/ @ absent',
    },
    inputs: ['absent', 'nobody'],
  },
  execution_platform: { aws_batch: {} },
  resource_requirements: { memory: -5 },
};
const MISSING = { command: ['true'], params: { in: 's3://bucket/absent/x @ in' }, inputs: ['in'] };
const POINTERS = [
  '/execution_id',
  '/execution_image',
  '/execution_parameters/command',
  '/execution_parameters/params',
  '/execution_parameters/params/two',
  '/execution_parameters/params/absent',
  '/execution_parameters/inputs',
  '/execution_platform/aws_batch/job_queue_name',
  '/resource_requirements/memory',
];

test('a valid demand is called valid', async () => {
  const file = world.demandOf('true');
  before = listing();
  const { exitCode, stdout, stderr } = await world.run('validate', file);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toBe(`${file} is a valid demand, and its inputs exist.\n`);
  expect(listing()).toEqual(before);
});

test('all mistakes are named at once, by their fields, and nothing is created', async () => {
  const file = world.demandOf('true', MISTAKES);
  before = listing();
  const { exitCode, stdout, stderr } = await world.run('validate', file);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  const told = stderr.split('\n').filter((line) => line.startsWith('  /'));
  expect(told.map((line) => line.trim()).sort()).toEqual([...POINTERS].sort());
  expect(stderr).toContain(`refused for ${POINTERS.length} mistakes; nothing was created`);
  expect(listing()).toEqual(before);
});

test('run refuses the same demands as validate, in the same words', async () => {
  const file = world.demandOf('true', MISTAKES);
  before = listing();
  const [validated, run] = [await world.run('validate', file), await world.run('run', file)];
  expect(run).toEqual(validated);
  expect(listing()).toEqual(before);
});

test('--json prints a valid demand, or the mistakes, on one line of stdout', async () => {
  const sound = await world.run('validate', '--json', world.demandOf('true'));
  expect(sound.exitCode).toBe(0);
  expect(jsonLines(sound)).toEqual([{ type: 'valid', ignoredFields: [] }]);
  const refused = await world.run('validate', '--json', world.demandOf('true', MISTAKES));
  expect(refused).toMatchObject({ exitCode: 2, stderr: '' });
  const [document, ...others] = jsonLines(refused);
  expect(others).toEqual([]);
  expect(document).toMatchObject({ type: 'refused', error: 'DemandValidationError' });
  const problems = document?.problems as Record<string, string>[];
  expect(problems.map(({ pointer }) => pointer).sort()).toEqual([...POINTERS].sort());
  for (const problem of problems) expect(problem).toMatchObject({ message: /./, remedy: /./ });
});

test('a misspelt field is refused with its name, beside other mistakes and in a run; any other field is told', async () => {
  const execution_parameters = { command: ['true'], params: { a: 'a @ s3://bucket/a' }, output: ['a'] };
  for (const verb of ['validate', 'plan', 'run']) {
    const file = world.demandOf('true', { execution_parameters, execution_id: '' });
    const { exitCode, stderr } = await world.run(verb, file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('/execution_parameters/output');
    expect(stderr).toContain('Did you mean "outputs"?');
    expect(stderr).toContain('  /execution_id\n');
  }
  const unread = world.demandOf('true', { project: 1, execution_parameters: { command: ['true'] } });
  for (const verb of ['validate', 'run']) {
    const { exitCode, stdout } = await world.run(verb, unread);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('These fields are ignored. Are they misspelt?\n  /project\n');
  }
});

test('an input that is not there is told with its path on this machine, and with --seed', async () => {
  const file = world.demandOf('true', { execution_parameters: MISSING });
  const { exitCode, stderr } = await world.run('validate', file);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('s3://bucket/absent/x does not exist or is empty');
  expect(stderr).toContain(`On this machine it is ${world.path('root/s3/bucket/absent/x')}`);
  expect(stderr).toContain('with --seed');
  writeTree(world.path('seed/bucket'), DATA);
  const seeded = await world.run('validate', file, '--seed', world.path('seed'));
  const places = ['seed', 'root/s3'].map((folder) => world.path(`${folder}/bucket/absent/x`));
  expect(seeded.stderr).toContain(`On this machine it is ${places.join(' or ')}`);
});

test.each([
  ['is not JSON', '{"execution_type":', 'is not JSON'],
  ['does not exist', undefined, 'cannot be read (ENOENT'],
])('a file that %s is refused, with its name', async (_, content, told) => {
  const file = content === undefined ? world.path('absent.json') : world.write('broken.json', content);
  const { exitCode, stdout, stderr } = await world.run('validate', file);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(`${file} ${told}`);
  const asJson = await world.run('validate', '--json', file);
  expect(asJson).toMatchObject({ exitCode: 2, stderr: '' });
  expect(jsonLines(asJson)).toMatchObject([{ type: 'refused', problems: [{ pointer: '' }] }]);
});

test('--help names the exit codes', async () => {
  const { stdout } = await world.run('--help');
  for (const told of [/\b0\b[^;]* valid/, /\b1 [^;]*failed/, /\b2 [^;]*invalid/, /\b130 [^;]*cancelled/])
    expect(stdout).toMatch(told);
});
