/** `demand run` of a demand that succeeds: its results, and its output. */
import { readFileSync, rmSync } from 'node:fs';
import { jsonLines } from './demand-process';
import { DATA, World, writeTree } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

const COPY = 'echo copying; cp -r ${DATA} ${OUT}';
const COUNTS = /^ {2}\d+ state transitions, \d+ Lambda invocations, 0 nested executions, 1 Batch job$/;

test('results are stored, and the lines show the progress', async () => {
  const { exitCode, stdout, stderr } = await world.run('run', world.demandOf(COPY));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(world.results()).toEqual(DATA);
  expect(world.hasWorkingDirectory()).toBe(false);
  expect(
    stdout
      .replaceAll(/\d+\.\d\d s/g, '0.00 s')
      .trimEnd()
      .split('\n'),
  ).toEqual([
    'demand one, attempt 1, in root',
    ...['Normalise', 'ResolveEfs', 'BuildContext', 'PrepareBatchArgs', 'StageInputs'],
    ...['  in  data: 2 files, 4 B', 'RunJob'],
    expect.stringMatching(/^ {2}job [0-9a-f-]{36} \(process, image .*\/debian:12-slim\)$/),
    ...['  | copying', '  exit code 0', 'StoreOutputs', '  out out: 2 files, 4 B', 'RemoveData'],
    ...['', 'demand one succeeded', '  out  s3://bucket/results/'],
    '       root/s3/bucket/results/',
    '  records: root/executions/one/1',
    '  prepare 0.00 s, stage inputs 0.00 s, job 0.00 s, store outputs 0.00 s, clean up 0.00 s; ' +
      '0.00 s in total, 0.00 s without the job',
    expect.stringMatching(COUNTS),
  ]);
});

test('both streams of the job are shown and kept', async () => {
  const { stdout } = await world.run('run', world.demandOf(`echo this; echo that >&2; ${COPY}`));
  const log = readFileSync(world.path('root/executions/one/1/job.log'), 'utf8');
  expect(log.trimEnd().split('\n').sort()).toEqual(['copying', 'that', 'this']);
  for (const line of ['  | this', '  | that']) expect(stdout.split('\n')).toContain(line);
});

test('--json prints one document a line, and the result last', async () => {
  const ended = await world.run('run', '--json', world.demandOf(COPY));
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  const events = jsonLines(ended);
  expect(events[0]).toEqual({ type: 'started', executionId: 'one', attempt: 1, root: world.root });
  expect(events).toContainEqual({ type: 'job-output', line: 'copying' });
  expect(events).toContainEqual({ type: 'job-ended', exitCode: 0 });
  expect(events.at(-1)).toMatchObject({
    type: 'finished',
    result: {
      executionId: 'one',
      status: 'SUCCEEDED',
      outputs: [{ name: 'out', remote: 's3://bucket/results/', path: world.path('root/s3/bucket/results/') }],
      phases: { job: expect.any(Number) },
      counts: { batchJobs: 1 },
    },
  });
  expect(events.filter(({ type }) => type === 'finished')).toHaveLength(1);
  expect(world.results()).toEqual(DATA);
});

test('a reader that closes the output early does not cancel the demand', async () => {
  const reader = ['bash', '-c', 'set -o pipefail; "$@" | head -n 1', 'bash'];
  const { exitCode, stdout, stderr } = await world.startUnder(reader, 'run', world.demandOf(COPY)).ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toBe('demand one, attempt 1, in root\n');
  expect(world.results()).toEqual(DATA);
});

test('inputs come from the seed', async () => {
  rmSync(world.root, { recursive: true });
  writeTree(world.path('seed/bucket/data'), { seeded: 'S\n' });
  const { exitCode } = await world.run('run', '--seed', world.path('seed'), world.demandOf(COPY));
  expect(exitCode).toBe(0);
  expect(world.results()).toEqual({ seeded: 'S\n' });
});

test('a demand that has succeeded can run again', async () => {
  const file = world.demandOf(COPY);
  await world.run('run', file);
  writeTree(world.path('root/s3/bucket/data'), { 'a.txt': 'changed\n' });
  const { exitCode, stdout } = await world.run('run', file);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('demand one, attempt 2, in');
  expect(world.results()).toEqual({ ...DATA, 'a.txt': 'changed\n' });
});

test('the run does not wait for a process that the job leaves behind in its own session', async () => {
  const command = 'setsid sleep 30 & echo $! > ${DATA}/../pid; cp -r ${DATA} ${OUT}';
  const { exitCode } = await world.run('run', world.demandOf(command));
  expect(exitCode).toBe(0);
  expect(world.results()).toEqual(DATA);
});
