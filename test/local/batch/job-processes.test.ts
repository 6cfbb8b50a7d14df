import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { endProcessesOf, processesOf } from '../../../local/batch/job-processes';
import { ProcessRunner } from '../../../local/batch/process-runner';
import { batchVariables } from '../../../local/batch/runner';
import { isRunning } from '../../cli/waiting';
import { useFolder } from '../../transfer/folders';

const folder = useFolder();

const jobOf = (id: string, script: string) => ({
  jobId: id,
  image: 'any',
  command: ['/bin/bash', '-c', script],
  environment: batchVariables(id, 1),
  mounts: [],
});

test.each([
  ['in the group of the job', 'sleep 300 & echo $! > NOTE'],
  ['with another environment, in a group of its own', 'set -m; env -i sleep 300 & echo $! > NOTE'],
  ['in a session of its own', "setsid bash -c 'echo $$ > NOTE; exec sleep 300' & sleep 0.2"],
  ['that ignores signals', "(trap '' TERM HUP; echo $BASHPID > NOTE; exec sleep 300) &\nsleep 0.2"],
  [
    'that has forked twice, in a session of its own',
    "(setsid bash -c 'echo $$ > NOTE; exec sleep 300' &)\nsleep 0.3",
  ],
])('a daemon %s ends with the job', async (_, script) => {
  const file = join(folder.path, 'pid');
  const runner = new ProcessRunner(process.env, async () => undefined);
  const job = jobOf(randomUUID(), script.replaceAll('NOTE', file));
  const exit = await runner.run(job, () => undefined, new AbortController().signal);
  expect(exit).toEqual({ exitCode: 0 });
  const pid = Number(readFileSync(file, 'utf8'));
  expect(pid).toBeGreaterThan(1);
  for (let look = 0; look < 50 && isRunning(pid); look++) await setTimeout(10);
  expect(isRunning(pid)).toBe(false);
  expect(await processesOf(job.jobId)).toEqual([]);
});

// The search covers the whole machine. A fixed id would also end a job with that id in a test that runs at the same time.
test('processes of another job stay', async () => {
  const ended = randomUUID();
  const running = `${ended}0`;
  const other = spawn('sleep', ['60'], { env: { ...process.env, AWS_BATCH_JOB_ID: running } });
  try {
    while (!(await processesOf(running)).includes(other.pid!)) await setTimeout(5);
    await endProcessesOf(ended);
    await endProcessesOf('');
    expect(isRunning(other.pid!)).toBe(true);
  } finally {
    other.kill('SIGKILL');
  }
});

test('a process that has got the id of an ended session keeps its own session', async () => {
  const other = spawn('sleep', ['60'], { detached: true });
  try {
    while (!isRunning(other.pid!)) await setTimeout(5);
    expect(await processesOf(randomUUID(), other.pid)).toEqual([]);
    await endProcessesOf(randomUUID(), other.pid);
    expect(isRunning(other.pid!)).toBe(true);
  } finally {
    other.kill('SIGKILL');
  }
});
