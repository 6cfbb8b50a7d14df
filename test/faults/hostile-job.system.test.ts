/** One bad job harms only itself: the run ends with a result, and its files are removed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { treeOf, World } from '../cli/world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

const COPY = 'mkdir -p ${OUT}; cp ${DATA}/a.txt ${OUT}/';

test('20 MB on one line become lines that fit, and the demand succeeds', async () => {
  const file = world.demandOf(`head -c 20000000 /dev/zero | tr '\\\\0' x; ${COPY}`);
  const { exitCode, stdout } = await world.run('run', file);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('demand one succeeded');
  expect(world.results()).toEqual({ 'a.txt': 'A\n' });
  const log = world.path('root/executions/one/1/job.log');
  expect(statSync(log).size).toBeGreaterThan(20_000_000);
  expect(
    Math.max(
      ...readFileSync(log, 'latin1')
        .split('\n')
        .map(({ length }) => length),
    ),
  ).toBe(64 * 1024);
});

test('300,000 lines at once are shown and kept, and the demand succeeds', async () => {
  const { exitCode, stdout } = await world.run('run', world.demandOf(`seq 300000; ${COPY}`));
  expect(exitCode).toBe(0);
  expect(stdout.match(/\n {2}\| /g)).toHaveLength(300_000);
  expect(readFileSync(world.path('root/executions/one/1/job.log'), 'utf8').split('\n')).toHaveLength(300_001);
});

/** A tmpfs in namespaces of its own, or in those of root. */
const NAMESPACES = [
  ['unshare', '--user', '--map-root-user', '--mount'],
  ['unshare', '--mount'],
].find(
  ([program = '', ...args]) =>
    spawnSync(program, [...args, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0,
);

/** Mounts a small tmpfs over the root, runs the other arguments, and copies the records and the results out of it. */
const onSmallDisk = (options: string) =>
  `seed=$(mktemp -d) && cp -r "$0/." "$seed" && mount -t tmpfs -o ${options} tmpfs "$0" && cp -r "$seed/." "$0" && ` +
  'kept="$1" && shift && "$@"; ended=$?; cp -r "$0/executions" "$0/s3" "$kept"; ls -A "$0/efs/scratch" > "$kept/scratch"; ' +
  'umount "$0"; rm -rf "$seed"; exit $ended';
const ON_SMALL_DISK = onSmallDisk('size=48m');

test('a job that fills the disk fails alone: its records are whole, and its files are removed', async () => {
  // A machine that may mount nothing cannot fill a disk. The test then fails, as it must not pass unseen.
  expect(NAMESPACES).toBeDefined();
  const kept = world.path('kept');
  mkdirSync(kept);
  const file = world.demandOf('echo before; cat /dev/zero > big');
  const under = [...(NAMESPACES ?? []), 'bash', '-c', ON_SMALL_DISK, world.root, kept];
  const { exitCode, stdout } = await world.startUnder(under, 'run', file).ended;
  expect(exitCode).toBe(1);
  expect(stdout).toContain('demand one FAILED');
  expect(stdout).toContain('No space left on device');
  const records = `${kept}/executions/one/1`;
  expect(JSON.parse(readFileSync(`${records}/result.json`, 'utf8'))).toMatchObject({ status: 'FAILED' });
  expect(JSON.parse(readFileSync(`${records}/history.json`, 'utf8')).length).toBeGreaterThan(10);
  expect(existsSync(`${records}/reserve`)).toBe(false);
  expect(readFileSync(`${kept}/scratch`, 'utf8').split('\n')).not.toContain('one');
  expect(Object.keys(treeOf(`${kept}/s3`))).toEqual(expect.arrayContaining(['bucket/data/a.txt']));
});

test('a job that fills the disk with its output fails alone, and the result says what the log lacks', async () => {
  const kept = world.path('kept');
  mkdirSync(kept);
  // All but the last bytes of the disk go to a file, and the output of the job to the log beside it.
  const file = world.demandOf(`yes 'a line of the output' | head -c 60000000; ${COPY}`);
  const under = [...(NAMESPACES ?? []), 'bash', '-c', ON_SMALL_DISK, world.root, kept];
  const { exitCode, stdout } = await world.startUnder(under, 'run', file).ended;
  expect(stdout.slice(-1_000)).toMatch(/the log of the job could not be written: .*ENOSPC/);
  expect(exitCode).toBe(1);
  const result = JSON.parse(readFileSync(`${kept}/executions/one/1/result.json`, 'utf8'));
  expect(result).toMatchObject({ status: 'FAILED', logProblem: expect.stringContaining('ENOSPC') });
});

test('a job that uses up all files of the disk fails alone, and its records are whole', async () => {
  const kept = world.path('kept');
  mkdirSync(kept);
  // The files are outside of the working directory, so they are not removed at the end.
  const file = world.demandOf('mkdir ../junk; n=0; while : > ../junk/$n; do n=$((n+1)); done; exit 7');
  const under = [...(NAMESPACES ?? []), 'bash', '-c', onSmallDisk('nr_inodes=300'), world.root, kept];
  const { exitCode, stdout } = await world.startUnder(under, 'run', file).ended;
  expect(stdout).toContain('No space left on device');
  expect(exitCode).toBe(1);
  const records = `${kept}/executions/one/1`;
  expect(JSON.parse(readFileSync(`${records}/result.json`, 'utf8'))).toMatchObject({ status: 'FAILED' });
  expect(JSON.parse(readFileSync(`${records}/history.json`, 'utf8')).length).toBeGreaterThan(10);
  expect(stdout).not.toContain('could not be written');
});

test('a job that removes the records of its run has a result all the same', async () => {
  const file = world.demandOf(`rm -rf ../../../executions; ${COPY}`);
  const { exitCode, stdout } = await world.run('run', file);
  expect(stdout).toContain('demand one succeeded');
  expect(exitCode).toBe(0);
  expect(world.results()).toEqual({ 'a.txt': 'A\n' });
  const records = world.path('root/executions/one/1');
  expect(JSON.parse(readFileSync(`${records}/result.json`, 'utf8'))).toMatchObject({ status: 'SUCCEEDED' });
});
