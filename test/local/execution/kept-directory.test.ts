/** The working directory after a failure or a stop in StoreOutputs, on the embedded engine. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executionArn } from '../../../local/engine/definitions';
import { claimAttempt, closeAttempt } from '../../../local/execution/attempts';
import { listKept, resumeDemand } from '../../../local/execution/resume';
import { runDemand } from '../../../local/execution/run';
import { sweepRoot } from '../../../local/sweep/sweep';
import { LocalRoot } from '../../../local/world/root';
import { fileKept } from '../../../src/adapters/files/file-kept';
import { workingDirectories } from '../../../src/adapters/files/working-files';
import { DemandCancelled } from '../../../src/errors';
import { takeOver } from '../../../src/steps/take-over';
import { DAY_MS } from '../../../src/sweep/settings';
import { demandOf } from '../../demand/arbitraries';
import { harvest, useFolder } from '../../transfer/folders';

const folder = useFolder();
const root = () => new LocalRoot(join(folder.path, 'root'));
const directory = () => join(root().fileSystem('scratch'), 'run-1');
const records = () => fileKept(root().mounts).list();
const bucket = () => harvest(join(root().s3, 'bucket'));

const demandThat = (command: string) =>
  demandOf({
    command: [command],
    params: { in: 's3://bucket/in @ in', one: 'one @ s3://bucket/one', two: 'two @ s3://bucket/two' },
    inputs: ['in'],
    outputs: ['one', 'two'],
  });

function run(command: string, onState: (state: string, stop: AbortController) => void = () => undefined) {
  mkdirSync(join(root().s3, 'bucket'), { recursive: true });
  writeFileSync(join(root().s3, 'bucket/in'), 'input');
  const stop = new AbortController();
  return runDemand(demandThat(command), {
    root: root(),
    runner: 'process',
    inlineLimits: { maxBytes: 1e9, maxFiles: 1e6 },
    staging: { concurrency: 1, batchConcurrency: 1 },
    signal: stop.signal,
    listener: (event) => {
      if (event.type === 'state' && event.event.type === 'StateEntered') onState(event.event.state, stop);
    },
    hostEnvironment: process.env,
    now: Date.now,
  });
}

/** A folder in the place of the object `two`: it cannot be stored. */
const blockTwo = () => mkdirSync(join(root().s3, 'bucket/two/x'), { recursive: true });

test('a directory with an output that is not stored is kept, with a record', async () => {
  const result = await run('echo 1 > one; echo 2 > two', (state) => state === 'RunJob' && blockTwo());
  expect(result).toMatchObject({ status: 'FAILED', workingDirectory: directory() });
  expect(bucket()).toMatchObject({ one: '1\n' });
  expect(harvest(directory())).toMatchObject({ two: '2\n' });
  expect(await records()).toMatchObject([
    {
      kept: {
        path: '/scratch/run-1',
        outputs: ['two'],
        reason: expect.stringContaining('outputs are not stored'),
      },
    },
  ]);
});

describe('a resumption', () => {
  const options = () => ({
    root: root(),
    runner: 'process' as const,
    inlineLimits: { maxBytes: 1e9, maxFiles: 1e6 },
    signal: new AbortController().signal,
    listener: () => undefined,
    hostEnvironment: process.env,
    now: Date.now,
  });
  const unblockTwo = () => rmSync(join(root().s3, 'bucket/two'), { recursive: true });
  const keep = () => run('echo 1 > one; echo 2 > two', (state) => state === 'RunJob' && blockTwo());

  test('stores the outputs that are left, removes the directory, and does not run the job again', async () => {
    await keep();
    expect(await listKept(root())).toMatchObject([{ directory: directory(), outputs: ['two'] }]);
    unblockTwo();
    const result = await resumeDemand('run-1', options());
    expect(result).toMatchObject({ status: 'SUCCEEDED', counts: { batchJobs: 0 } });
    expect(bucket()).toEqual({ in: 'input', one: '1\n', two: '2\n' });
    expect(existsSync(directory())).toBe(false);
    expect(await listKept(root())).toEqual([]);
  });

  test('that fails keeps the directory, and may be repeated', async () => {
    await keep();
    expect(await resumeDemand('run-1', options())).toMatchObject({ status: 'FAILED' });
    expect(await listKept(root())).toMatchObject([{ outputs: ['two'] }]);
    unblockTwo();
    expect(await resumeDemand('run-1', options())).toMatchObject({ status: 'SUCCEEDED' });
    expect(bucket()).toMatchObject({ two: '2\n' });
  });

  test('is refused when the job did not write an output: its files may have another name', async () => {
    await run('echo 1 > one; echo 2 > tow');
    await expect(resumeDemand('run-1', options())).rejects.toThrow('did not write an output');
    expect(harvest(directory())).toMatchObject({ tow: '2\n' });
  });

  test('is refused without a kept directory, and for other outputs than those that were kept', async () => {
    await expect(resumeDemand('run-1', options())).rejects.toThrow('has no kept directory');
    await keep();
    const [record] = await records();
    if (record === undefined) throw new TypeError('no record');
    const { kept } = record;
    await fileKept(root().mounts).note({ ...kept, directory: directory(), transfers: 'others' });
    const result = await resumeDemand('run-1', options());
    expect(result).toMatchObject({ status: 'FAILED', failure: { error: 'DemandValidationError' } });
    expect(result.failure?.message).toContain('are not those of');
    expect(harvest(directory())).toMatchObject({ two: '2\n' });
  });

  test('never stores the half results of a later attempt that was killed', async () => {
    await keep();
    unblockTwo();
    // The later attempt has made a directory of its own, and its job has written half of the outputs.
    renameSync(directory(), `${directory()}.attempt-1`);
    mkdirSync(directory());
    for (const [name, content] of [
      ['.demand.owner', 'arn:aws:states:local:000000000000:execution:demand-execution:run-1-2'],
      ['two', 'half'],
    ])
      writeFileSync(join(directory(), name ?? ''), content ?? '');
    expect(await listKept(root())).toEqual([]);
    await expect(resumeDemand('run-1', options())).rejects.toThrow('has no kept directory');
    expect(bucket()).not.toHaveProperty('two');
  });

  test('keeps its directory from a sweep until its end', async () => {
    await keep();
    const sweep = () =>
      sweepRoot({
        ...{ root: root(), isDryRun: false, days: 0, isApiRunning: false },
        signal: new AbortController().signal,
        // The execution that kept the directory has ended long ago, as far as the sweep knows.
        now: () => Date.now() + 40 * DAY_MS,
      });
    const claim = await claimAttempt(root().executions, 'run-1', {});
    const resumption = {
      execution: executionArn('demand-execution', 'run-1-2'),
      resumes: executionArn('demand-execution', 'run-1'),
      directory: directory(),
    };
    const { mounts } = root();
    const world = { kept: fileKept(mounts), directories: workingDirectories, settings: { mounts } };
    const [found] = await records();
    if (found === undefined) throw new TypeError('no record');
    await takeOver(resumption, found, world);
    await sweep();
    expect(harvest(directory())).toMatchObject({ two: '2\n' });
    await closeAttempt(claim.attempt, { status: 'FAILED' });
    await sweep();
    expect(existsSync(directory())).toBe(false);
  });
});

test('a directory that a new run sets aside is still listed', async () => {
  await run('echo 1 > one; echo 2 > two', (state) => state === 'RunJob' && blockTwo());
  expect(await run('echo 1 > one; echo 3 > two')).toMatchObject({ status: 'FAILED' });
  const aside = `${directory()}.attempt-1`;
  expect((await listKept(root())).map((each) => each.directory)).toEqual([aside, directory()]);
  expect(harvest(aside)).toMatchObject({ two: '2\n' });
});

test('a stop in StoreOutputs keeps the directory only when an output is not stored', async () => {
  const stopAt = (wanted: string) => (state: string, stop: AbortController) => {
    if (state === wanted) stop.abort(new DemandCancelled('not wanted'));
  };
  expect(await run('echo 1 > one; echo 2 > two', stopAt('StoreOutputs'))).toMatchObject({ status: 'FAILED' });
  expect(await records()).toMatchObject([{ kept: { outputs: ['one', 'two'] } }]);
  rmSync(directory(), { recursive: true });
  expect(await run('true', stopAt('StoreOutputs'))).toMatchObject({ status: 'FAILED' });
  expect(existsSync(directory())).toBe(false);
  expect(await records()).toEqual([]);
});

test('a directory is kept when the job gave an output another name, and not when it wrote nothing', async () => {
  expect(await run('echo 1 > oen')).toMatchObject({
    status: 'FAILED',
    failure: { error: 'DataSourceMissing' },
  });
  expect(await records()).toMatchObject([
    { kept: { outputs: [], reason: 'the job did not write an output: DataSourceMissing' } },
  ]);
  rmSync(directory(), { recursive: true });
  expect(await run('true')).toMatchObject({ status: 'FAILED', failure: { error: 'DataSourceMissing' } });
  expect(existsSync(directory())).toBe(false);
});
