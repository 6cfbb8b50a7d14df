/** Signals to `demand run` during the job. */
import type { DemandProcess } from './demand-process';
import { haveEnded, processIdsIn } from './waiting';
import { World } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

/** Starts a job with a child, and waits for the process ids of both. */
async function startJob(before: string): Promise<{ demand: DemandProcess; processIds: number[] }> {
  const ids = world.path('process-ids');
  const script = `${before} sleep 60 & echo $$ $! > ${ids}; wait; wait`;
  const demand = world.start('run', world.demandOf(script));
  const processIds = await processIdsIn(ids);
  expect(processIds).toHaveLength(2);
  return { demand, processIds };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s stops the job with its children, and cleans up',
  async (signal) => {
    const { demand, processIds } = await startJob('');
    expect(world.hasWorkingDirectory()).toBe(true);
    demand.kill(signal);
    const { exitCode, stdout, stderr } = await demand.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain(`${signal}: stopping and cleaning up; send the signal again to exit at once`);
    expect(stdout).toContain(`DemandCancelled: the job was stopped: cancelled by ${signal}`);
    await haveEnded(processIds);
    expect(world.hasWorkingDirectory()).toBe(false);
  },
);

test('a second SIGINT exits at once, also when the job does not stop', async () => {
  const { demand, processIds } = await startJob("trap '' TERM;");
  demand.kill('SIGINT');
  await demand.hasTold('send the signal again to exit at once');
  demand.kill('SIGINT');
  const { exitCode, stdout } = await demand.ended;
  expect(exitCode).toBe(130);
  expect(stdout).not.toContain('FAILED');
  await haveEnded(processIds);
});
