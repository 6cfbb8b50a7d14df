/** `demand watch`, `status` and `list`: show executions and their ends. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeExecutionCommand, GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { jsonLines } from '../demand-process';
import { processIdsIn } from '../waiting';
import { ApiWorld } from './api-world';

const TERMINAL = join(__dirname, '../terminal.py');

let world: ApiWorld;
beforeAll(async () => {
  world = await ApiWorld.start();
});
afterAll(() => world.stop());

/** A demand whose job prints hello, writes its process id, and waits for a file. */
function patient(id: string, then = 'echo bye'): string {
  const wait = `until [ -e ${world.path(`${id}.go`)} ]; do sleep 0.02; done`;
  return world.demandOf(id, 'job', `echo hello; echo $$ > ${world.path(`${id}.pid`)}; ${wait}; ${then}`);
}

const letGo = (id: string) => writeFileSync(world.path(`${id}.go`), '');

test('submit --watch follows states, transfers and the job to the end', async () => {
  const watching = world.start('submit', '--watch', patient('one'));
  await watching.hasTold('  | hello');
  letGo('one');
  const { exitCode, stdout, stderr } = await watching.ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const lines = stdout.split('\n').map((line) => line.replace(/job [0-9a-f-]{36}/, 'job ID'));
  expect(lines.slice(3, 16)).toEqual([
    `demand one, ${world.arnOf('one')}`,
    'Normalise',
    'StageInputs',
    '  in  data: 2 files, 2.0 KiB',
    'RunJob',
    '  job ID (queue any, image debian:12-slim)',
    '  job is RUNNING',
    '  | hello',
    '  | bye',
    '  exit code 0',
    'StoreOutputs',
    '  out out: 2 files, 2.0 KiB',
    '',
  ]);
  expect(lines.slice(16, 20)).toEqual([
    'demand one succeeded',
    '  job ID: SUCCEEDED, exit code 0',
    '  transferred: in 2 files, 2.0 KiB; out 2 files, 2.0 KiB',
    '  out  s3://bucket/results/',
  ]);
});

test('status shows the running state, and later the result', async () => {
  await world.run('submit', patient('two'));
  await processIdsIn(world.path('two.pid'));
  const running = await world.run('status', 'two');
  expect(running).toMatchObject({ exitCode: 0, stderr: '' });
  expect(running.stdout).toMatch(
    /^demand two is running\n {2}now: RunJob for \d+\.\d\d s\n {2}job \S+: RUNNING\n/,
  );
  expect(running.stdout).toContain('  results will be at\n  out  s3://bucket/results/\n');
  letGo('two');
  await world.run('watch', 'two');
  const ended = await world.run('status', '--json', 'two');
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  const [report, ...more] = jsonLines(ended);
  expect(more).toEqual([]);
  expect(report).toMatchObject({
    type: 'status',
    status: 'SUCCEEDED',
    states: [],
    job: { status: 'SUCCEEDED', exitCode: 0 },
    transferred: { input: { files: 2, bytes: 2048 }, output: { files: 2, bytes: 2048 } },
    outputs: [{ name: 'out', remote: 's3://bucket/results/' }],
    counts: { stateTransitions: 7, batchJobs: 1 },
  });
  expect(report).not.toHaveProperty('failure');
});

test('a job that fails is shown with its exit code and its last lines, also after its end', async () => {
  const file = world.demandOf('failing', 'job', 'for n in {1..30}; do echo line $n; done; exit 3');
  const watched = await world.run('submit', '--watch', file);
  expect(watched.exitCode).toBe(1);
  const verdict = [
    'demand failing FAILED',
    '  States.TaskFailed: the job ended with exit code 3: a program ended with a code of its own. Read its last lines in the log of the job',
    '  its last lines:',
    ...Array.from({ length: 20 }, (_, index) => `  | line ${index + 11}`),
  ].join('\n');
  expect(watched.stdout).toContain(verdict);
  const late = await world.run('watch', 'failing');
  expect(late.exitCode).toBe(1);
  expect(late.stdout).toContain('RunJob failed: States.TaskFailed\nCleanUpAfterFailure\n');
  expect(late.stdout).toContain(verdict);
  const status = await world.run('status', world.arnOf('failing'));
  expect(status.exitCode).toBe(1);
  expect(status.stdout).toContain(verdict);
});

test('the message of a JSON cause is shown', async () => {
  const ended = await world.run('submit', '--watch', '--json', world.demandOf('refused', 'refused'));
  expect(ended).toMatchObject({ exitCode: 1, stderr: '' });
  expect(jsonLines(ended).map(({ type }) => type)).toEqual([
    'submitted',
    'watching',
    ...Array(5).fill('state'),
    'ended',
  ]);
  expect(jsonLines(ended).at(-1)).toMatchObject({
    report: {
      status: 'FAILED',
      failure: { error: 'DemandValidationError', message: '/execution_image: no such' },
    },
  });
});

test('a history of several pages is read to its end', async () => {
  const inputs = Array.from({ length: 60 }, (_, index) => `data${index}`);
  const params = Object.fromEntries(inputs.map((name) => [name, `s3://bucket/data/ @ ${name}`]));
  const parameters = { command: ['true'], params, inputs, outputs: [] };
  const file = world.demandOf('long', 'job', 'true', { execution_parameters: parameters });
  const watched = await world.run('submit', '--watch', file);
  expect(watched.exitCode).toBe(0);
  for (const name of inputs) expect(watched.stdout).toContain(`  in  ${name}: 2 files`);
  const { stdout: status } = await world.run('status', 'long');
  for (const told of [watched.stdout, status])
    expect(told).toContain('transferred: in 120 files, 120.0 KiB\n');
  const page = async (more: object) =>
    world.sfn.send(new GetExecutionHistoryCommand({ executionArn: world.arnOf('long'), ...more }));
  const all = await page({ maxResults: 1_000 });
  const newest = await page({ maxResults: 2, reverseOrder: true });
  const next = await page({ maxResults: 2, reverseOrder: true, nextToken: newest.nextToken });
  const ids = [...(newest.events ?? []), ...(next.events ?? [])].map(({ id }) => id);
  expect(ids).toEqual(
    all.events
      ?.slice(-4)
      .map(({ id }) => id)
      .reverse(),
  );
});

test('the next command for an execution that was named by its ARN names its machine', async () => {
  await world.run('submit', patient('by-its-arn'));
  const watching = world.start('watch', world.arnOf('by-its-arn'));
  await watching.hasTold('  | hello');
  watching.kill('SIGINT');
  expect((await watching.ended).stderr).toContain(
    `\`demand watch by-its-arn --state-machine ${world.machineArn}\``,
  );
  letGo('by-its-arn');
});

test('Ctrl-C ends the watching, and not the execution', async () => {
  await world.run('submit', patient('left'));
  const watching = world.start('watch', 'left');
  await watching.hasTold('  | hello');
  watching.kill('SIGINT');
  const { exitCode, stderr } = await watching.ended;
  expect(exitCode).toBe(130);
  expect(stderr).toContain('no longer watching; the execution goes on');
  const described = new DescribeExecutionCommand({ executionArn: world.arnOf('left') });
  expect(await world.sfn.send(described)).toMatchObject({ status: 'RUNNING' });
  letGo('left');
  expect(await world.run('watch', 'left')).toMatchObject({ exitCode: 0 });
});

test('a lost connection does not end the watching', async () => {
  await world.run('submit', patient('away'));
  const between = await world.openGateway();
  const watching = world.start('watch', 'away', '--endpoint-url', between.endpoint);
  await watching.hasTold('  | hello');
  await between.close();
  await watching.hasTold('Trying again');
  letGo('away');
  const back = await world.openGateway(Number(new URL(between.endpoint).port));
  const { exitCode, stdout } = await watching.ended;
  await back.close();
  expect(exitCode).toBe(0);
  expect(stdout).toContain('  | bye\n');
});

describe('on a terminal', () => {
  const onTerminal = (interruptAt: string, id: string) =>
    world.startIn({}, ['python3', TERMINAL, interruptAt], 'watch', id);

  test('a tree of states is drawn again over the last one, and the last tree stays', async () => {
    await world.run('submit', patient('tree'));
    const watching = onTerminal('-', 'tree');
    await watching.hasTold('| hello');
    letGo('tree');
    const { exitCode, stdout } = await watching.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/> RunJob +\d+\.\d\d s {2}RUNNING, job /);
    const last = stdout.slice(stdout.lastIndexOf('\u001b[J')).split('\r\n');
    const states = last
      .filter((line) => line.startsWith('  '))
      .map((line) => line.replace(/\d+\.\d+ s/, 'T s'));
    expect(states.slice(0, 4).map((line) => line.replace(/ +/g, ' '))).toEqual([
      ' Normalise T s',
      ' StageInputs T s',
      ' data T s 2 files, 2.0 KiB',
      ' RunJob T s exit code 0',
    ]);
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'));
    expect(stdout).toContain('demand tree succeeded');
  });

  test('Ctrl-C gives the cursor back', async () => {
    await world.run('submit', patient('tree-left'));
    const { exitCode, stdout } = await onTerminal('| hello', 'tree-left').ended;
    expect(exitCode).toBe(130);
    expect(stdout).toContain('the execution goes on');
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'));
    letGo('tree-left');
  });
});

test('list shows some executions, the newest first, in a table or as JSON', async () => {
  await world.run('submit', '--watch', world.demandOf('older', 'refused'));
  await world.run('submit', world.demandOf('newer', 'slow'));
  const { exitCode, stdout } = await world.run('list', '--limit', '2');
  expect(exitCode).toBe(0);
  const [head, ...rows] = stdout.trimEnd().split('\n');
  expect(head).toMatch(/^NAME +STATUS +STARTED +TOOK$/);
  expect(rows.map((row) => row.split(/ +/).slice(0, 2))).toEqual([
    ['newer', 'RUNNING'],
    ['older', 'FAILED'],
  ]);
  const failed = jsonLines(await world.run('list', '--json', '--status', 'RUNNING'));
  expect(failed.map(({ name }) => name)).toEqual(['newer']);
});
