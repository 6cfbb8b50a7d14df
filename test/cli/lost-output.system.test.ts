/** The output of the command line goes to a full disk. */
import { readFileSync } from 'node:fs';
import { processIdsIn } from './waiting';
import { World } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

const COPY = 'mkdir -p ${OUT}; cp ${DATA}/a.txt ${OUT}/';
const TO_FULL_DISK = ['/bin/sh', '-c', 'exec "$@" >/dev/full', 'sh'];
const ERRORS_TO_FULL_DISK = ['/bin/sh', '-c', 'exec "$@" 2>/dev/full', 'sh'];

test('a run goes on to its end, and says on the other output that the output is not complete', async () => {
  const run = world.startUnder(TO_FULL_DISK, 'run', world.demandOf(`seq 1000; ${COPY}`));
  const { exitCode, stderr } = await run.ended;
  expect(stderr).toBe('The output is not complete: ENOSPC: no space left on device, write\n');
  expect(exitCode).toBe(1);
  expect(world.results()).toEqual({ 'a.txt': 'A\n' });
  const result = JSON.parse(readFileSync(world.path('root/executions/one/1/result.json'), 'utf8'));
  expect(result).toMatchObject({ status: 'SUCCEEDED' });
  expect(world.hasWorkingDirectory()).toBe(false);
});

test('a plan that cannot be written is no success', async () => {
  const { exitCode, stderr } = await world.startUnder(TO_FULL_DISK, 'plan', world.demandOf(COPY)).ended;
  expect(stderr).toContain('ENOSPC');
  expect(exitCode).toBe(1);
});

test('a run that cannot write its messages is stopped in order all the same', async () => {
  const ids = world.path('process-ids');
  const file = world.demandOf(`sleep 60 & echo $$ $! > ${ids}; wait; wait`);
  const demand = world.startUnder(ERRORS_TO_FULL_DISK, 'run', file);
  await processIdsIn(ids);
  demand.kill('SIGINT');
  const { exitCode, stdout } = await demand.ended;
  expect(stdout).toContain('DemandCancelled');
  expect(exitCode).toBe(130);
  expect(world.hasWorkingDirectory()).toBe(false);
});
