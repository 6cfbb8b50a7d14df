/** A submission that Batch accepts twice: the machine follows the job that it knows. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { batchVariables, type JobExit, type RunnableJob } from '../../../local/batch/runner';
import { demandOf } from '../../demand/arbitraries';
import { useFolder } from '../../transfer/folders';
import { type Run, runEmbedded } from './embedded';

const folder = useFolder();
const DEMAND = demandOf({
  command: ['cat ${IN} >> ${OUT}; echo "by $AWS_BATCH_JOB_ID" >> ${OUT}'],
  params: { in: 's3://bucket/in @ in', out: 'out @ s3://bucket/out' },
  inputs: ['in'],
  outputs: ['out'],
});

const runWith = (runJob: (run: Run, job: RunnableJob) => Promise<JobExit>) =>
  runEmbedded(DEMAND, folder.path, (run, job) => runJob((given) => run(given), job));

const duplicateOf = (job: RunnableJob): RunnableJob => ({
  ...job,
  jobId: 'unknown',
  environment: { ...job.environment, ...batchVariables('unknown', 1) },
});

test('the known job has the directory: the other does nothing, and the demand succeeds', async () => {
  const ends: JobExit[] = [];
  const { outcome, stored, directory } = await runWith(async (run, job) => {
    const end = await run(job);
    ends.push(await run(duplicateOf(job)));
    return end;
  });
  expect(ends).toEqual([{ exitCode: 221 }]);
  expect(outcome).toMatchObject({ status: 'SUCCEEDED' });
  expect(stored.sort()).toEqual(['in', 'out']);
  expect(existsSync(directory)).toBe(false);
});

test('both jobs at once: one writes, whichever it is', async () => {
  const { outcome, stored, lines } = await runWith(async (run, job) => {
    const [end] = await Promise.all([run(job), run(duplicateOf(job))]);
    return end;
  });
  expect(lines).toHaveLength(1);
  const isKnown = outcome.status === 'SUCCEEDED';
  expect(stored.includes('out')).toBe(isKnown);
});

test('the unknown job has the directory: the demand fails, stores nothing and removes nothing under it', async () => {
  const { outcome, states, stored, lines, directory } = await runWith(async (run, job) => {
    await run(duplicateOf(job));
    return run(job);
  });
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
  expect(JSON.stringify(outcome)).toContain('"ExitCode\\":221');
  expect(lines).toEqual([
    expect.stringContaining('demand: the job unknown has claimed the working directory'),
  ]);
  expect(states.slice(-3)).toEqual(['JobNotRetried', 'JobFailed', 'DemandFailed']);
  expect(stored).toEqual(['in']);
  expect(existsSync(join(directory, 'out'))).toBe(true);
});

test('a directory of another execution stays, when the known job finds it in its place', async () => {
  const { states, directory } = await runWith(async (run, job) => {
    const path = job.environment.WORKING_DIR ?? '';
    writeFileSync(join(path, '.demand.owner'), 'another execution');
    return run(job);
  });
  expect(states.slice(-3)).toEqual(['JobNotRetried', 'JobFailed', 'DemandFailed']);
  expect(existsSync(join(directory, 'in'))).toBe(true);
});

test('a job that starts after the end of its execution makes nothing', async () => {
  let late: RunnableJob | undefined;
  let run: Run | undefined;
  const { directory } = await runWith(async (start, job) => {
    [late, run] = [duplicateOf(job), start];
    return start(job);
  });
  if (late === undefined) throw new TypeError('no job has run');
  expect(await run?.(late)).toEqual({ exitCode: 222 });
  expect(existsSync(directory)).toBe(false);
});
