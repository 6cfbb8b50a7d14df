/** The job of a killed run may go on: no other job may begin beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { haveEnded, processIdsIn, waitUntil } from './waiting';
import { World } from './world';

let world: World;
let standIn: ChildProcess;
beforeEach(() => {
  world = new World();
  standIn = spawn('sleep', ['60'], { stdio: 'ignore' });
});
afterEach(async () => {
  standIn.kill('SIGKILL');
  await world.remove();
});

/** Kills a run, and replaces the process id of its job by that of a stand-in. */
async function killedRun(file: string): Promise<{ setJob(more: object): void }> {
  const killed = world.start('run', file);
  const ids = await processIdsIn(world.path('process-ids'));
  const noted = world.path('root/executions/one/1/job.json');
  await waitUntil(noted, () => existsSync(noted));
  killed.kill('SIGKILL');
  await killed.ended;
  await haveEnded(ids);
  const job = JSON.parse(readFileSync(noted, 'utf8'));
  expect(job.pid).toBe(ids[0]);
  return { setJob: (more) => writeFileSync(noted, JSON.stringify({ ...job, pid: standIn.pid, ...more })) };
}

/** Hangs only in its first run. */
function hangingOnce(): string {
  const first = `echo $$ > ${world.path('process-ids')}; sleep 60`;
  return world.demandOf(`mkdir -p \${OUT}; if mkdir ${world.path('begun')}; then ${first}; fi`);
}

test('the next run waits for it', async () => {
  const file = hangingOnce();
  const { setJob } = await killedRun(file);
  setJob({ processStart: startOf(standIn) });
  const next = world.start('run', file);
  await next.hasTold(`already running (process ${standIn.pid}): waiting`);
  standIn.kill('SIGKILL');
  const { exitCode, stdout } = await next.ended;
  expect(exitCode).toBe(0);
  expect(stdout).toContain('demand one, attempt 2, in root');
});

test('the next run does not wait for another process with its process id', async () => {
  const file = hangingOnce();
  const { setJob } = await killedRun(file);
  setJob({ processStart: 'long ago' });
  const { exitCode, stdout } = await world.run('run', file);
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain('already running');
  expect(standIn.exitCode).toBeNull();
});

/** Returns the start of a process as the run notes it: an empty text without /proc. */
function startOf({ pid }: ChildProcess): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
