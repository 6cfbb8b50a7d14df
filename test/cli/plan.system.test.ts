/** `demand plan`: shows a run, and changes nothing. */
import { rmSync } from 'node:fs';
import { jsonLines } from './demand-process';
import { DATA, treeOf, World, writeTree } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

function listing(): Record<string, string> {
  return treeOf(world.folder, { withFolders: true });
}

test('a plan names mounts, transfers and the command, and changes nothing', async () => {
  const file = world.demandOf('cp -r ${DATA} ${OUT}');
  const before = listing();
  const { exitCode, stdout, stderr } = await world.run('plan', file);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const lines = stdout.split('\n');
  const scratch = world.path('root/efs/scratch');
  for (const line of [
    `  data: s3://bucket/data/ -> ${scratch}/one/data (2 files, 4 B, inline)`,
    `  out: ${scratch}/one/out -> s3://bucket/results/ (other files there stay)`,
    'rules of this machine',
    '  demands.remove: none',
    '  demands.privileged: no privileged container',
    `  DATA=${scratch}/one/data`,
    '  queue any',
  ])
    expect(lines).toContain(line);
  expect(stdout).toContain(`  scratch at ${scratch} (`);
  expect(stdout).toMatch(/^ {2}shared at .*\/root\/efs\/shared \(.*, read-only\)$/m);
  expect(stdout).toMatch(/^ {2}command .* && cp -r \$\{DATA\} \$\{OUT\}$/m);
  expect(listing()).toEqual(before);
});

test('a plan names an input that is too large for one call', async () => {
  const { stdout } = await world.run('plan', '--inline-max-files', '1', world.demandOf('true'));
  expect(stdout).toContain('(2 files, 4 B, data-sync)');
});

test('a plan counts the inputs in the seed, and does not copy the seed', async () => {
  rmSync(world.root, { recursive: true });
  writeTree(world.path('seed/bucket/data'), { ...DATA, more: 'more' });
  const file = world.demandOf('true');
  const before = listing();
  const { exitCode, stdout } = await world.run('plan', '--seed', world.path('seed'), file);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('(3 files, 8 B, inline)');
  expect(listing()).toEqual(before);
});

test('a plan names the memory of each job, the time-out and the rules of the demand', async () => {
  const retry = { memory_factor: 2, max_memory: 1_500, rules: [{ action: 'RETRY', on_exit_code: '75' }] };
  const aws_batch = { job_queue_name: 'any', timeout: { attempt_duration_seconds: 600 }, retry };
  const lines = (
    await world.run('plan', world.demandOf('true', { execution_platform: { aws_batch } }))
  ).stdout.split('\n');
  for (const line of [
    '  memory 512 MiB, after a lack of memory 1024 MiB, then 1500 MiB',
    '  time-out 600 s for each attempt',
    '  rule RETRY onExitCode 75',
  ])
    expect(lines).toContain(line);
  const { stdout } = await world.run('plan', world.demandOf('true'));
  expect(stdout).toMatch(/^ {2}memory 512 MiB\n {2}time-out 86400 s for each attempt$/m);
});

test('a plan names ignored fields', async () => {
  const { stdout } = await world.run('plan', world.demandOf('true', { project: 'mine' }));
  expect(stdout).toMatch(/^ignored.*\n {2}\/project$/m);
});

test('--json prints the plan as one document', async () => {
  const ended = await world.run('plan', '--json', world.demandOf('true'));
  expect(ended.exitCode).toBe(0);
  expect(jsonLines(ended)).toMatchObject([
    {
      type: 'plan',
      executionId: 'one',
      inputs: [{ name: 'data', files: 2, bytes: 4, way: 'inline' }],
      outputs: [{ name: 'out', remote: 's3://bucket/results/' }],
    },
  ]);
});
