import { spawn } from 'node:child_process';
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
  ['in a session of its own', 'setsid sleep 300 & sleep 0.2; pgrep -n -f "sleep 300" > NOTE'],
  ['that ignores signals', "(trap '' TERM HUP; echo $BASHPID > NOTE; exec sleep 300) &\nsleep 0.2"],
  [
    'that has forked twice, in a session of its own',
    "(setsid bash -c 'echo $$ > NOTE; exec sleep 300' &)\nsleep 0.3",
  ],
])('a daemon %s ends with the job', async (_, script) => {
  const file = join(folder.path, 'pid');
  const runner = new ProcessRunner(process.env, async () => undefined);
  const job = jobOf(
    `daemon-${process.pid}-${Math.round(performance.now())}`,
    script.replaceAll('NOTE', file),
  );
  const exit = await runner.run(job, () => undefined, new AbortController().signal);
  expect(exit).toEqual({ exitCode: 0 });
  const pid = Number(readFileSync(file, 'utf8'));
  expect(pid).toBeGreaterThan(1);
  for (let look = 0; look < 50 && isRunning(pid); look++) await setTimeout(10);
  expect(isRunning(pid)).toBe(false);
  expect(await processesOf(job.jobId)).toEqual([]);
});

test('processes of another job stay', async () => {
  const other = spawn('sleep', ['60'], { env: { ...process.env, AWS_BATCH_JOB_ID: 'job-10' } });
  try {
    while (!(await processesOf('job-10')).includes(other.pid!)) await setTimeout(5);
    await endProcessesOf('job-1');
    await endProcessesOf('');
    expect(isRunning(other.pid!)).toBe(true);
  } finally {
    other.kill('SIGKILL');
  }
});
