/** A `demand run` that is killed and cannot clean up. */
import { haveEnded, processIdsIn } from './waiting';
import { DATA, World } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

const JOBS = [
  ['prints nothing', 'sleep 60'],
  ['prints all the time', 'while true; do echo tick; sleep 0.01; done'],
] as const;

test.each(JOBS)('a job that %s ends with the run, and so do its children', async (_, job) => {
  const ids = world.path('process-ids');
  const demand = world.start('run', world.demandOf(`sleep 60 & echo $$ $! > ${ids}; ${job}`));
  const processIds = await processIdsIn(ids);
  demand.kill('SIGKILL');
  expect(await demand.ended).toMatchObject({ exitCode: null });
  await haveEnded(processIds);
});

test.each(JOBS)('the next run is a new attempt, when the job %s', async (_, job) => {
  const ids = world.path('process-ids');
  // Only the first run finds no folder. A job that goes on would write into the results of the second run.
  const first = `(while true; do touch \${OUT}/of-the-first; sleep 0.01; done) & echo $$ $! > ${ids}; ${job}`;
  const script = `mkdir -p \${OUT}; if mkdir ${world.path('begun')}; then ${first}; fi; cp -r \${DATA}/. \${OUT}; sleep 0.2`;
  const file = world.demandOf(script);
  const killed = world.start('run', file);
  await processIdsIn(ids);
  killed.kill('SIGKILL');
  await killed.ended;
  const { exitCode, stdout } = await world.run('run', file);
  expect(exitCode).toBe(0);
  expect(world.results()).toEqual(DATA);
  expect(stdout).toContain('demand one, attempt 2, in');
  expect(stdout).toContain('the last attempt was moved to root/efs/scratch/one.attempt-1');
});

test('the next run does not wait for a killed run that is a zombie', async () => {
  const ids = world.path('process-ids');
  const script = `mkdir -p \${OUT}; if mkdir ${world.path('begun')}; then echo $PPID > ${ids}; sleep 60; fi`;
  const file = world.demandOf(script);
  // This parent never fetches exit codes, so a killed child stays a zombie.
  const parent = world.startUnder(['bash', '-c', '"$@" & exec sleep 60', 'bash'], 'run', file);
  const [killed = 0] = await processIdsIn(ids);
  process.kill(killed, 'SIGKILL');
  await haveEnded([killed]);
  expect(await world.run('run', file)).toMatchObject({ exitCode: 0 });
  parent.kill('SIGKILL');
});
