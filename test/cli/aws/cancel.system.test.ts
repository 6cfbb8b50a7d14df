/** `demand cancel` and `demand logs`. */
import { writeFileSync } from 'node:fs';
import { DescribeExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { jsonLines } from '../demand-process';
import { haveEnded, isRunning, processIdsIn } from '../waiting';
import { ApiWorld } from './api-world';

let world: ApiWorld;
beforeAll(async () => {
  world = await ApiWorld.start();
});
afterAll(() => world.stop());

async function startJob(id: string, script: string): Promise<number[]> {
  const noted = world.path(`${id}.pid`);
  await world.run('submit', world.demandOf(id, 'job', `echo $$ > ${noted}; ${script}`));
  return processIdsIn(noted);
}

test('cancel ends the execution and its job, and a second cancel tells the same', async () => {
  const ids = await startJob('stopped', 'sleep 60');
  expect(ids.every(isRunning)).toBe(true);
  const { exitCode, stdout, stderr } = await world.run('cancel', 'stopped', '--reason', 'not needed');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^demand stopped is ABORTED\n {2}job \S+: FAILED\n/);
  expect(stdout).toContain('the deployed service removes its files from the file systems, not this command');
  await haveEnded(ids);
  const described = new DescribeExecutionCommand({ executionArn: world.arnOf('stopped') });
  expect(await world.sfn.send(described)).toMatchObject({
    status: 'ABORTED',
    error: 'DemandCancelled',
    cause: 'not needed',
  });
  const status = await world.run('status', 'stopped');
  expect(status.exitCode).toBe(1);
  expect(status.stdout).toContain('demand stopped was STOPPED\n  DemandCancelled: not needed\n');
  const again = await world.run('cancel', 'stopped', '--json');
  expect(again).toMatchObject({ exitCode: 0, stderr: '' });
  expect(jsonLines(again)).toMatchObject([
    { type: 'cancelled', status: 'ABORTED', hadEnded: true, allEnded: true, job: { status: 'FAILED' } },
  ]);
});

test('cancel ends a job that goes on after its execution was stopped', async () => {
  world.lapses.stops = true;
  const ids = await startJob('orphan', 'sleep 60');
  await world.sfn.send(new StopExecutionCommand({ executionArn: world.arnOf('orphan') }));
  const { exitCode, stdout } = await world.run('cancel', 'orphan');
  world.lapses.stops = false;
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^demand orphan .* ABORTED\n {2}job \S+: FAILED\n/);
  await haveEnded(ids);
});

test('a job that does not stop is named after the wait, and the next cancel waits for it', async () => {
  const go = world.path('go');
  const ids = await startJob('stubborn', `trap '' TERM; until [ -e ${go} ]; do sleep 0.05; done`);
  const first = await world.run('cancel', 'stubborn', '--wait', '1');
  expect(first.exitCode).toBe(1);
  expect(first.stdout).toContain('execution or job still runs after 1 s');
  expect(ids.every(isRunning)).toBe(true);
  writeFileSync(go, '');
  expect(await world.run('cancel', 'stubborn')).toMatchObject({ exitCode: 0 });
  await haveEnded(ids);
});

test('cancel ends an execution without a job', async () => {
  await world.run('submit', world.demandOf('waiting', 'slow'));
  const cancelled = await world.run('cancel', '--json', 'waiting');
  expect(cancelled).toMatchObject({ exitCode: 0, stderr: '' });
  const [told] = jsonLines(cancelled);
  expect(told).toMatchObject({ status: 'ABORTED', hadEnded: false, allEnded: true });
  expect(told).not.toHaveProperty('job');
});

test('logs prints the lines of the job, and follows it to its end', async () => {
  const go = world.path('go-on');
  await startJob('logged', `echo first; until [ -e ${go} ]; do sleep 0.02; done; echo last`);
  const following = world.start('logs', '--follow', 'logged');
  await following.hasTold('first');
  writeFileSync(go, '');
  expect(await following.ended).toEqual({ exitCode: 0, stdout: 'first\nlast\n', stderr: '' });
  expect(await world.run('logs', 'logged')).toEqual({ exitCode: 0, stdout: 'first\nlast\n', stderr: '' });
  const asJson = await world.run('logs', '--json', '--since', '1h', 'logged');
  expect(jsonLines(asJson).map(({ line }) => line)).toEqual(['first', 'last']);
  const later = new Date(Date.now() + 60_000).toISOString();
  expect(await world.run('logs', '--since', later, 'logged')).toMatchObject({ exitCode: 0, stdout: '' });
});

test('logs and status find a job that Batch has forgotten in the history', async () => {
  await world.run('submit', '--watch', world.demandOf('long-ago', 'job', 'echo hello; exit 3'));
  world.lapses.jobs = true;
  const [logs, status] = [await world.run('logs', 'long-ago'), await world.run('status', 'long-ago')];
  world.lapses.jobs = false;
  expect(logs).toEqual({ exitCode: 0, stdout: 'hello\n', stderr: '' });
  expect(status.stdout).toMatch(/job \S+: FAILED, exit code 3\n/);
});

test('without rights on jobs status shows the rest, and cancel does not claim that all has ended', async () => {
  const ids = await startJob('secret', 'sleep 60');
  world.lapses.denied = true;
  const [status, cancel] = [await world.run('status', 'secret'), await world.run('cancel', 'secret')];
  world.lapses.denied = false;
  expect(status).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('needs batch:DescribeJobs') });
  expect(status.stdout).toContain('demand secret is running\n  now: RunJob for');
  expect(cancel).toMatchObject({ exitCode: 4, stdout: '' });
  expect(cancel.stderr).toContain('needs batch:DescribeJobs');
  expect(await world.run('cancel', 'secret')).toMatchObject({ exitCode: 0 });
  await haveEnded(ids);
});

test('a reader that closes the log early causes no error', async () => {
  const file = world.demandOf('lengthy', 'job', 'seq 100000');
  await world.run('submit', '--watch', '--json', file);
  const head = world.startIn({}, ['bash', '-c', '"$@" | head -n 1', 'bash'], 'logs', 'lengthy');
  expect(await head.ended).toEqual({ exitCode: 0, stdout: '1\n', stderr: '' });
});

test('logs says that an execution has submitted no job', async () => {
  await world.run('submit', '--watch', world.demandOf('jobless', 'refused'));
  const { exitCode, stdout, stderr } = await world.run('logs', 'jobless');
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toContain('jobless has submitted no job: it ended before that');
});
