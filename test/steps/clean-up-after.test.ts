/** On real folders: what is left behind is files. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { removingPathOf } from '../../src/adapters/files/file-names';
import { workingFiles } from '../../src/adapters/files/working-files';
import { LANDMARKS } from '../../src/history/leftovers';
import { cleanUpAfter } from '../../src/steps/clean-up-after';
import { localLocation } from '../../src/transfer/schemes/file-systems';
import { arnOf } from '../events/worlds';
import { entered, submitted } from '../history/events';
import { ARN, EVENT, folder, JOB_ARGS, Jobs, STAGING, scratch, worldOf } from './clean-up/worlds';

test('an execution that was stopped while it staged: everything of it goes', async () => {
  const world = await worldOf(STAGING);
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({
    status: 'REMOVED',
    size_bytes_removed: expect.any(Number),
  });
  expect(readdirSync(scratch())).toEqual([]);
});

test('a second time is as good as none', async () => {
  const world = await worldOf(STAGING);
  await cleanUpAfter(EVENT, world);
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
});

test('what the machine has cleaned up itself is not looked for', async () => {
  const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
  rmSync(scratch('run-1'), { recursive: true });
  // The remaining folder may belong to another execution by now.
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
  expect(readdirSync(scratch())).toEqual(['far']);
});

test('nothing was made', async () => {
  const world = await worldOf(['Normalise', 'ResolveEfs']);
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
});

test.each(['BuildContext', 'PrepareBatchArgs'])(
  "another execution's directory is left alone, at %s",
  async (state) => {
    const world = await worldOf(['BuildContext', state], { owner: arnOf('run-1--2') });
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
    expect(readFileSync(scratch('run-1/in/a'), 'utf8')).toBe('A');
  },
);

test('stopped within BuildContext: what that has made goes', async () => {
  const world = await worldOf(['BuildContext']);
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(existsSync(scratch('run-1'))).toBe(false);
});

describe('results that are nowhere else stay', () => {
  test.each([
    ['storing them was begun', [...STAGING, 'RunJob', 'StoreOutputs'], new Jobs()],
    [
      'storing them has failed',
      [...STAGING, 'RunJob', 'StoreOutputs', 'ReleaseInputs', 'DemandFailed'],
      new Jobs(),
    ],
    ['the job was just done', [...STAGING, 'RunJob'], new Jobs(new Map([['job-1', 'SUCCEEDED']]))],
  ])('when %s; what was read is given free', async (_, states, jobs) => {
    const world = await worldOf(states, { jobs });
    await world.use.readers.add(localLocation(join(folder, 'shared/x')), ARN);
    world.executions.events.push(submitted({ jobId: 'job-1' }));
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'KEPT' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
    expect(await world.use.readers.around(localLocation(join(folder, 'shared/x')))).toEqual([]);
  });

  test('but not once they are stored', async () => {
    const world = await worldOf([...STAGING, 'RunJob', 'StoreOutputs', 'RemoveData']);
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  });
});

test('a directory that is to stay stays, without its inputs', async () => {
  const world = await worldOf(STAGING, { configuration: { cleanup_working_dir: false } });
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(readdirSync(scratch('run-1')).sort()).toEqual(['.demand.env', '.demand.owner']);
});

describe('what still runs for it', () => {
  test('is stopped, and has ended before anything is removed', async () => {
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

  test('and whose id did not come back is found by its name, and by when it was made', async () => {
    const made = Object.entries({ early: 999, ours: 1_000, late: 20_000 });
    const created = made.map(([id, createdAt]) => ({ id, createdAt }));
    const jobs = new Jobs(new Map(made.map(([id]) => [id, 'RUNNING'])), 1, created);
    const world = await worldOf(STAGING, { jobs });
    world.executions.events.push(entered('RunJob', JOB_ARGS, 1_000));
    world.executions.kept.set(ARN, { name: 'run-1', status: 'ABORTED', endedAt: 2_000 });
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(jobs.asked).toEqual(['job', 'arn:queue']);
    expect(jobs.terminated).toEqual(['ours']);
    world.executions.events.push(submitted({ jobId: 'known' }));
    await cleanUpAfter(EVENT, world);
    expect(jobs.asked).toHaveLength(2);
  });

  describe('and whose id did not come back', () => {
    test("is not another attempt's, made once this one had given its job up", async () => {
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

    test('is looked for until it must be there', async () => {
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

  test('and does not end keeps everything, until the next call', async () => {
    const jobs = new Jobs(new Map([['job-1', 'RUNNING']]), 0);
    const world = await worldOf([...STAGING, 'RunJob'], { jobs });
    world.executions.events.push(submitted({ jobId: 'job-1' }));
    await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'JobStillRunning' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  });

  test.each([
    ['may have succeeded, so what it wrote stays', [...STAGING, 'RunJob'], 'KEPT'],
    [
      'had failed where the machine has given it up',
      [...STAGING, 'RunJob', 'CleanUpAfterFailure'],
      'REMOVED',
    ],
  ])('that Batch has forgotten %s', async (_, states, status) => {
    const world = await worldOf(states);
    world.executions.events.push(submitted({ jobId: 'job-1' }));
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status });
  });
});

test.each(['RUNNING', 'SUCCEEDED', 'FAILED'])(
  'an execution that was redriven, and is %s by now, is left alone',
  async (status) => {
    const world = await worldOf(STAGING);
    Object.assign(world.executions.kept.get(ARN)!, { status, redriveCount: 2 });
    const event = { detail: { ...EVENT.detail, redriveCount: 1 } };
    expect(await cleanUpAfter(event, world)).toEqual({ status: 'GOES_ON' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  },
);

describe('a description that is older than the end', () => {
  const late = async (ms: number) => {
    const world = await worldOf(STAGING);
    const kept = world.executions.kept.get(ARN)!;
    Object.assign(kept, { status: 'RUNNING', redriveCount: 0 });
    const begun = world.clock.now();
    const { wait } = world.clock;
    world.clock.wait = async (each) => {
      await wait(each);
      if (world.clock.now() - begun >= ms) kept.status = 'ABORTED';
    };
    return world;
  };

  test('is asked for again', async () => {
    expect(await cleanUpAfter(EVENT, await late(3_000))).toMatchObject({ status: 'REMOVED' });
  });

  test('is left to the next call after a while', async () => {
    const world = await late(600_000);
    await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'JobStillRunning' });
    expect(world.clock.now()).toBeLessThan(2_100_000);
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  });
});

describe('a history that has not come to the end yet', () => {
  test('is read again: results stay that were being stored', async () => {
    const world = await worldOf([...STAGING, 'RunJob']);
    const { executions } = world;
    const { wait } = world.clock;
    executions.isTold = () =>
      executions.events.some((each) => 'state' in each && each.state === 'StoreOutputs');
    world.clock.wait = async (ms) => {
      await wait(ms);
      executions.events.push(entered('StoreOutputs'));
    };
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'KEPT' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  });

  test.each([ARN, 'arn:child'])('is left to the next call after a while: %s', async (arn) => {
    const world = await worldOf(STAGING);
    world.executions.events.push(submitted({ execution: 'arn:child' }));
    world.executions.kept.set('arn:child', { name: 'child', status: 'ABORTED' });
    world.executions.histories.set('arn:child', []);
    world.executions.isTold = (each) => each !== arn;
    await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'JobStillRunning' });
    expect(world.clock.now()).toBeLessThan(2_100_000);
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  });
});

describe('a removal that was cut short after it had moved the directory aside', () => {
  async function cutShort() {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure']);
    renameSync(scratch('run-1'), removingPathOf(scratch('run-1')));
    return world;
  }

  test('is brought to its end', async () => {
    const world = await cutShort();
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'REMOVED' });
    expect(readdirSync(scratch())).toEqual(['far']);
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
  });

  test("without another attempt's directory, which has its name by now", async () => {
    const world = await cutShort();
    await workingFiles().claimDirectory(scratch('run-1'), arnOf('run-1--2'));
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'REMOVED' });
    expect(readdirSync(scratch()).sort()).toEqual(['far', 'run-1']);
  });
});

test('a directory that was removed in part is told of, not taken for done', async () => {
  const world = await worldOf(STAGING);
  rmSync(scratch('run-1/.demand.owner'));
  await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'RemovalFailed' });
});

test('the states that it knows are in the machine, in that order', () => {
  const text = readFileSync(join(__dirname, '../../statemachines/demand-execution.asl.yml'), 'utf8');
  const { States } = parse(text, { merge: true });
  expect(States.BuildContext.Next).toBe(LANDMARKS.built);
  expect(States.StoreOutputs.Next).toBe(LANDMARKS.stored);
  expect(Object.keys(States)).toEqual(expect.arrayContaining(Object.values(LANDMARKS)));
  expect(States.BuildContext.Parameters.Payload).toMatchObject({
    'request.$': '$.request',
    'volumes.$': '$.efs.volumes',
  });
});
