import { existsSync } from 'node:fs';
import { cleanUpAfter } from '../../../src/steps/clean-up-after';
import { entered, submitted } from '../../history/events';
import { ARN, EVENT, JOB_ARGS, Jobs, STAGING, scratch, worldOf } from './worlds';

test('jobs end before the first removal, and nested executions are stopped', async () => {
  const jobs = new Jobs(new Map([['job-1', 'RUNNING']]));
  const world = await worldOf([...STAGING, 'RunJob'], { jobs });
  world.executions.events.push(submitted({ jobId: 'job-1' }), submitted({ execution: 'arn:child' }));
  world.executions.kept.set('arn:child', { name: 'child', status: 'SUCCEEDED' });
  const { wait } = world.clock;
  world.clock.wait = async (ms) => {
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
    await wait(ms);
  };
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(jobs.terminated).toEqual(['job-1']);
  expect(world.executions.stopped).toEqual(['arn:child']);
});

test('a job that does not end keeps all files until the next call', async () => {
  const jobs = new Jobs(new Map([['job-1', 'RUNNING']]), 0);
  const world = await worldOf([...STAGING, 'RunJob'], { jobs });
  world.executions.events.push(submitted({ jobId: 'job-1' }));
  await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'JobStillRunning' });
  expect(existsSync(scratch('run-1/in/a'))).toBe(true);
});

test.each([
  ['counts as succeeded: its results stay', [...STAGING, 'RunJob'], 'KEPT'],
  [
    'counts as failed after CleanUpAfterFailure: its files are removed',
    [...STAGING, 'RunJob', 'CleanUpAfterFailure'],
    'REMOVED',
  ],
])('a job that Batch has deleted %s', async (_, states, status) => {
  const world = await worldOf(states);
  world.executions.events.push(submitted({ jobId: 'job-1' }));
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status });
});

describe('a job without an id in the history', () => {
  test('is found by its name and the time of its creation', async () => {
    const times = Object.entries({ early: 999, ours: 1_000, late: 20_000 });
    const created = times.map(([id, createdAt]) => ({ id, createdAt }));
    const jobs = new Jobs(new Map(times.map(([id]) => [id, 'RUNNING'])), 1, created);
    const world = await worldOf(STAGING, { jobs });
    world.executions.events.push(entered('RunJob', JOB_ARGS, 1_000));
    world.executions.kept.set(ARN, { name: 'run-1', status: 'ABORTED', endedAt: 2_000 });
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(jobs.searched).toEqual(['job', 'arn:queue']);
    expect(jobs.terminated).toEqual(['ours']);
    world.executions.events.push(submitted({ jobId: 'known' }));
    await cleanUpAfter(EVENT, world);
    expect(jobs.searched).toHaveLength(2);
  });

  test('is not the job of another attempt, made after this execution left RunJob', async () => {
    const created = [{ id: 'theirs', createdAt: 60_000 }];
    const jobs = new Jobs(new Map([['theirs', 'RUNNING']]), 1, created);
    const world = await worldOf(STAGING, { jobs });
    world.executions.events.push(
      entered('RunJob', JOB_ARGS, 1_000),
      entered('CleanUpAfterFailure', {}, 2_000),
    );
    world.executions.kept.set(ARN, { name: 'run-1', status: 'FAILED', endedAt: 600_000 });
    await cleanUpAfter(EVENT, world);
    expect(jobs.terminated).toEqual([]);
  });

  test('is found when Batch shows it late', async () => {
    const jobs = new Jobs(new Map([['late', 'RUNNING']]));
    const world = await worldOf(STAGING, { jobs });
    const endedAt = world.clock.now();
    world.executions.events.push(entered('RunJob', JOB_ARGS, endedAt - 10));
    world.executions.kept.set(ARN, { name: 'run-1', status: 'ABORTED', endedAt });
    const created = async () =>
      world.clock.now() > endedAt ? [{ id: 'late', createdAt: endedAt + 1_000 }] : [];
    Object.assign(jobs, { named: created });
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(jobs.terminated).toEqual(['late']);
  });
});
