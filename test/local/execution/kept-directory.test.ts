/** The working directory after a failure or a stop in StoreOutputs, on the embedded engine. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDemand } from '../../../local/execution/run';
import { LocalRoot } from '../../../local/world/root';
import { fileKept } from '../../../src/adapters/files/file-kept';
import { DemandCancelled } from '../../../src/errors';
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
