/** `demand list --kept` and `demand resume`: outputs of a failed run that are not stored. */
import { mkdirSync, rmSync } from 'node:fs';
import { jsonLines } from './demand-process';
import { World } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

test('a kept directory is listed, and its outputs are stored later', async () => {
  // A folder in the place of the object.
  mkdirSync(world.path('root/s3/bucket/results/out/x'), { recursive: true });
  expect(await world.run('run', world.demandOf('echo 1 > ${OUT}'))).toMatchObject({ exitCode: 1 });
  const listed = await world.run('list', '--kept', '--json');
  expect(jsonLines(listed)).toMatchObject([
    { type: 'kept', directory: world.path('root/efs/scratch/one'), outputs: ['out'] },
  ]);
  const shown = await world.run('list', '--kept');
  expect(shown.stdout).toMatch(
    /root\/efs\/scratch\/one\n {2}since \d{4}-.*: outputs are not stored.*\n {2}kept by arn:.*:one\n {2}out\n/,
  );
  rmSync(world.path('root/s3/bucket/results'), { recursive: true });
  const resumed = await world.run('resume', 'one');
  expect(resumed).toMatchObject({ exitCode: 0 });
  expect(resumed.stdout).toContain('demand one succeeded');
  expect(world.hasWorkingDirectory()).toBe(false);
  expect(await world.run('list', '--kept')).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('has no kept directories'),
  });
  expect(await world.run('resume', 'one')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('"one" has no kept directory'),
  });
});
