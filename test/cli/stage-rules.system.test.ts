/** `--stage`: the command line checks a demand with the rules in `config/<stage>.yml`. */
import { mkdirSync, readFileSync } from 'node:fs';
import { jsonLines } from './demand-process';
import { World, writeTree } from './world';

const DEFAULT = readFileSync('config/default.yml', 'utf8').replace('example-demand-data', 'bucket');
const STRICT = `${DEFAULT}\ndemands:\n  write: [s3://bucket/elsewhere]\n  images: [ghcr.io/team/*]\n`;
const OPEN = `${DEFAULT}\ndemands:\n  remove: [s3://bucket/results]\n  jobQueueArns: ['*']\n`;

let world: World;
beforeEach(() => {
  world = new World();
  mkdirSync(world.path('config'));
  world.write('config/strict.yml', STRICT);
  world.write('config/open.yml', OPEN);
  world.write('config/broken.yml', `${DEFAULT}\ndemands:\n  read: [bucket]\n`);
});
afterEach(() => world.remove());

test.each(['validate', 'plan', 'run'])('%s refuses what the rules of the stage forbid', async (verb) => {
  const file = world.demandOf('true');
  const { exitCode, stderr } = await world.run(verb, '--stage', 'strict', file);
  expect(exitCode).toBe(2);
  expect([...stderr.matchAll(/the rule (\S+) of the stage/g)].map(([, name]) => name)).toEqual([
    'demands.write',
    'demands.jobQueueArns',
    'demands.images',
  ]);
  expect(world.hasWorkingDirectory()).toBe(false);
});

test('a plan shows the rules, and where an output removes other files', async () => {
  const file = world.demandOf('true');
  const { exitCode, stdout } = await world.run('plan', '--stage', 'open', file);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('-> s3://bucket/results/ (a folder removes other files there)');
  expect(stdout).toMatch(/^rules of the stage open\n {2}demands\.read: s3:\/\/bucket\n/m);
  const [plan] = jsonLines(await world.run('plan', '--stage', 'open', '--json', file));
  expect(plan).toMatchObject({
    outputs: [{ isMirror: true }],
    rules: expect.arrayContaining(['demands.remove: s3://bucket/results']),
  });
});

test('a run removes other files at a destination only where the stage permits it', async () => {
  writeTree(world.path('root/s3/bucket/results'), { old: 'old' });
  expect((await world.run('run', world.demandOf('cp -r ${DATA} ${OUT}'))).exitCode).toBe(0);
  expect(Object.keys(world.results())).toContain('old');
  expect((await world.run('run', '--stage', 'open', world.demandOf('cp -r ${DATA} ${OUT}'))).exitCode).toBe(
    0,
  );
  expect(Object.keys(world.results())).not.toContain('old');
});

test('a stage reads no file of this machine', async () => {
  writeTree(world.path('plain'), { a: 'a' });
  const params = { data: `file://${world.path('plain/a')} @ data`, out: 'out @ s3://bucket/results/' };
  const file = world.demandOf('true', {
    execution_parameters: { command: ['true'], params, inputs: ['data'], outputs: ['out'] },
  });
  expect((await world.run('validate', file)).exitCode).toBe(0);
  expect((await world.run('validate', '--stage', 'open', file)).exitCode).toBe(2);
});

test.each([
  ['a stage without a file', 'absent', 'there is no config/absent.yml here'],
  ['a stage with a mistake in its file', 'broken', '/demands/read/0: expected *, s3://bucket'],
])('%s is told', async (_, stage, words) => {
  const { exitCode, stderr } = await world.run('validate', '--stage', stage, world.demandOf('true'));
  expect(exitCode).toBe(2);
  expect(stderr).toContain(words);
});
