/** `demand run` of a demand that fails: it names the failure and the next step. */
import { jsonLines } from './demand-process';
import { treeOf, World } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

/** Returns the lines from the verdict on. */
function verdictOf(stdout: string): string[] {
  const lines = stdout.split('\n');
  return lines.slice(lines.indexOf('demand one FAILED'));
}

test('a job that fails is shown with its exit code and its last lines', async () => {
  const stored = treeOf(world.path('root/s3'));
  const script = 'for n in {1..30}; do echo line $n >&2; done; exit 3';
  const { exitCode, stdout } = await world.run('run', world.demandOf(script));
  expect(exitCode).toBe(1);
  expect(verdictOf(stdout).slice(0, 24)).toEqual([
    'demand one FAILED',
    '  States.TaskFailed: the job ended with exit code 3: a program ended with a code of its own. Read its last lines in the log of the job',
    '  its last lines:',
    ...Array.from({ length: 20 }, (_, index) => `  | line ${index + 11}`),
    '  records: root/executions/one/1',
  ]);
  expect(world.hasWorkingDirectory()).toBe(false);
  expect(treeOf(world.path('root/s3'))).toEqual(stored);
});

test('a program that does not exist is named, with the next step', async () => {
  const { exitCode, stdout } = await world.run('run', world.demandOf('no-such-program --fast'));
  expect(exitCode).toBe(1);
  const verdict = verdictOf(stdout).join('\n');
  expect(verdict).toContain('exit code 127: a program was not found');
  expect(verdict).toContain('no-such-program: command not found');
});

test('an output that was not written is named by its parameter, and the working directory is kept', async () => {
  const { exitCode, stdout } = await world.run('run', world.demandOf('echo else > elsewhere'));
  expect(exitCode).toBe(1);
  const verdict = verdictOf(stdout);
  const kept = world.path('root/efs/scratch/one');
  expect(verdict[1]).toContain('DataSourceMissing: the job did not write its output "out" (out)');
  expect(verdict[1]).toContain(`There is nothing at ${kept}/out`);
  expect(verdict).toContain('  the working directory was kept: root/efs/scratch/one');
  expect(treeOf(kept)).toMatchObject({ elsewhere: 'else\n' });
});

test('the next run moves a kept working directory aside', async () => {
  await world.run('run', world.demandOf('echo else > elsewhere'));
  const { exitCode, stdout } = await world.run('run', world.demandOf('cp -r ${DATA} ${OUT}'));
  expect(exitCode).toBe(0);
  const aside = 'root/efs/scratch/one.attempt-1';
  expect(stdout.split('\n')).toContain(`the working directory of the last attempt was moved to ${aside}`);
  expect(treeOf(world.path(aside))).toMatchObject({ elsewhere: 'else\n' });
});

test('--json ends with the failure', async () => {
  const ended = await world.run('run', '--json', world.demandOf('echo going; exit 3'));
  expect(ended).toMatchObject({ exitCode: 1, stderr: '' });
  expect(jsonLines(ended).at(-1)).toMatchObject({
    type: 'finished',
    result: {
      status: 'FAILED',
      outputs: [],
      failure: { error: 'States.TaskFailed', exitCode: 3, lastLines: ['going'] },
    },
  });
});
