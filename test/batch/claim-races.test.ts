/** Jobs that claim a directory at once, and attempts that are killed at any moment, under a real bash. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { CLAIM_EXITS } from '../../src/batch/claim';
import { useFolder } from '../transfer/folders';
import { ClaimedDirectory, endOf } from './claimed-directory';

const folder = useFolder();
const WORK = 'echo line >> out; mkdir -p in/more; echo x > in/more/x';
const INPUTS = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`in/${n % 3}/${n}`, String(n)]));
let made = 0;
const directory = () => new ClaimedDirectory(`${folder.path}/run-${made++}`, INPUTS);

function kill({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The job has ended.
  }
}

test('of two jobs that start at once one runs, and the other does nothing: 20 times', async () => {
  for (let round = 0; round < 20; round++) {
    const one = directory();
    const jobs = ['job-1', 'job-2'].map((id) => one.start(id, WORK));
    const ends = await Promise.all(jobs.map(endOf));
    expect(ends.map(({ code }) => code).sort()).toEqual([0, CLAIM_EXITS.claimed]);
    expect(one.files()).toEqual({ ...INPUTS, out: 'line\n', 'in/more/x': 'x\n' });
  }
});

test('of many jobs that may take a claim over one does', async () => {
  const one = directory();
  await one.run('job-0', WORK);
  const ids = Array.from({ length: 12 }, (_, n) => `job-${n + 1}`);
  const ends = await Promise.all(ids.map((id) => one.run(id, WORK, { previous: 'job-0' })));
  expect(ends.filter(({ code }) => code === 0)).toHaveLength(1);
  expect(ends.filter(({ code }) => code === CLAIM_EXITS.claimed)).toHaveLength(11);
  expect(one.files().out).toBe('line\n');
});

test('attempts that are killed at any moment leave inputs, and the next attempt begins as the first did', async () => {
  const kills = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 4 });
  const recovers = fc.asyncProperty(kills, async (delays) => {
    const one = directory();
    for (const ms of delays) {
      const job = one.start('job-1', `${WORK}; sleep 0.02; echo later >> out`);
      const end = endOf(job);
      await setTimeout(ms);
      kill(job);
      expect([0, null]).toContain((await end).code);
    }
    expect(await one.run('job-1', WORK)).toEqual({ code: 0, stderr: '' });
    expect(one.files()).toEqual({ ...INPUTS, out: 'line\n', 'in/more/x': 'x\n' });
    expect((await one.run('job-2', WORK)).code).toBe(CLAIM_EXITS.claimed);
  });
  await fc.assert(recovers, { numRuns: 25 });
});
