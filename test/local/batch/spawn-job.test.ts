import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { processesOf } from '../../../local/batch/job-processes';
import { type SpawnOptions, spawnJob } from '../../../local/batch/spawn-job';

let jobId: string;
beforeEach(() => {
  jobId = randomUUID();
});

function run(script: string, options: Partial<SpawnOptions> = {}) {
  return spawnJob(['/bin/sh', '-c', script], {
    environment: { PATH: process.env.PATH ?? '', AWS_BATCH_JOB_ID: jobId },
    onStart: async () => undefined,
    onLine: () => undefined,
    signal: new AbortController().signal,
    ...options,
  });
}

// The note is a file. Another job may have filled the disk.
test('a job whose start cannot be noted is ended before the error is told', async () => {
  const failed = run('sleep 600 & sleep 600', {
    onStart: async () => {
      throw new Error('ENOSPC');
    },
  });
  await expect(failed).rejects.toThrow('ENOSPC');
  expect(await processesOf(jobId)).toEqual([]);
});

test('a job whose lines cannot be taken is ended before the error is told', async () => {
  const failed = run('echo a; sleep 600', { onLine: () => Promise.reject(new Error('the log is gone')) });
  await expect(failed).rejects.toThrow('the log is gone');
  expect(await processesOf(jobId)).toEqual([]);
});

test('a program that does not exist is an error', async () => {
  const options = { onStart: async () => undefined, onLine: () => undefined, environment: {} };
  const { signal } = new AbortController();
  await expect(spawnJob(['/no/such/program'], { ...options, signal })).rejects.toThrow('ENOENT');
});

test('the last lines of a job are read, however slow their reader is', async () => {
  const lines: string[] = [];
  const exit = await run('seq 4; echo end >&2', {
    onLine: async (line) => {
      await setTimeout(400);
      lines.push(line);
    },
  });
  expect(exit).toEqual({ exitCode: 0 });
  expect(lines.sort()).toEqual(['1', '2', '3', '4', 'end']);
  const many = await run('head -c 300000 /dev/zero | tr "\\0" x', {
    onLine: async (line) => {
      await setTimeout(300);
      lines.push(line);
    },
  });
  expect(many).toEqual({ exitCode: 0 });
  expect(lines.slice(5).join('')).toHaveLength(300_000);
});

// A process with an environment of its own is not found.
test.each([
  ['writes for ever', 'exec yes late'],
  ['writes a line now and then', 'while sleep 0.2; do echo late; done'],
  ['holds the output open', 'exec sleep 600'],
])('a daemon that %s does not keep the job from its end', async (_, daemon) => {
  const pids: string[] = [];
  const script = `env -i setsid /bin/sh -c 'echo pid $$; ${daemon}' & sleep 1; echo done`;
  const onLine = (line: string) => {
    const pid = /^pid (\d+)$/.exec(line)?.[1];
    if (pid !== undefined) pids.push(pid);
    return undefined;
  };
  expect(await run(script, { onLine })).toEqual({ exitCode: 0 });
  for (const pid of pids) kill(Number(pid));
});

function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The daemon got SIGPIPE.
  }
}
