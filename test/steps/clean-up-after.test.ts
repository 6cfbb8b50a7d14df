/** Runs on real folders, because the leftovers are files. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { LANDMARKS } from '../../src/history/leftovers';
import { cleanUpAfter } from '../../src/steps/clean-up-after';
import { localLocation } from '../../src/transfer/schemes/file-systems';
import { arnOf } from '../events/worlds';
import { submitted } from '../history/events';
import { ARN, EVENT, folder, Jobs, STAGING, scratch, worldOf } from './clean-up/worlds';

test('removes all files of an execution that was stopped in StageInputs', async () => {
  const world = await worldOf(STAGING);
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({
    status: 'REMOVED',
    size_bytes_removed: expect.any(Number),
  });
  expect(readdirSync(scratch())).toEqual([]);
});

test('a second event finds nothing', async () => {
  const world = await worldOf(STAGING);
  await cleanUpAfter(EVENT, world);
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
});

test('a folder without an owner stays after a clean-up by the machine', async () => {
  const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
  rmSync(scratch('run-1'), { recursive: true });
  // The folder may belong to another execution by now.
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
  expect(readdirSync(scratch())).toEqual(['far']);
});

test('an execution that was stopped before BuildContext has no files', async () => {
  const world = await worldOf(['Normalise', 'ResolveEfs']);
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
});

test.each(['BuildContext', 'PrepareBatchArgs'])(
  'the directory of another execution stays after a stop in %s',
  async (state) => {
    const world = await worldOf(['BuildContext', state], { owner: arnOf('run-1--2') });
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
    expect(readFileSync(scratch('run-1/in/a'), 'utf8')).toBe('A');
  },
);

test('removes the directory of an execution that was stopped in BuildContext', async () => {
  const world = await worldOf(['BuildContext']);
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(existsSync(scratch('run-1'))).toBe(false);
});

describe('results', () => {
  test.each([
    ['the machine was in StoreOutputs', [...STAGING, 'RunJob', 'StoreOutputs'], new Jobs()],
    [
      'StoreOutputs has failed',
      [...STAGING, 'RunJob', 'StoreOutputs', 'ReleaseInputs', 'DemandFailed'],
      new Jobs(),
    ],
    ['the job has just succeeded', [...STAGING, 'RunJob'], new Jobs(new Map([['job-1', 'SUCCEEDED']]))],
  ])('stay when %s, and the inputs are released', async (_, states, jobs) => {
    const world = await worldOf(states, { jobs, hasOutput: true });
    await world.use.readers.add(localLocation(join(folder, 'shared/x')), ARN);
    world.executions.events.push(submitted({ jobId: 'job-1' }));
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'KEPT' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
    expect(await world.kept.list()).toMatchObject([
      { kept: { execution: ARN, path: '/scratch/run-1', outputs: ['out'], since: 2_000_000 } },
    ]);
    expect(await world.use.readers.around(localLocation(join(folder, 'shared/x')))).toEqual([]);
  });

  test.each([
    ['the machine was in StoreOutputs', [...STAGING, 'RunJob', 'StoreOutputs'], new Jobs()],
    ['the job has just succeeded', [...STAGING, 'RunJob'], new Jobs(new Map([['job-1', 'SUCCEEDED']]))],
  ])('are removed when %s, and no output is there that is not stored', async (_, states, jobs) => {
    const world = await worldOf(states, { jobs });
    world.executions.events.push(submitted({ jobId: 'job-1' }));
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(existsSync(scratch('run-1'))).toBe(false);
    expect(await world.kept.list()).toEqual([]);
  });

  test('that the machine has kept stay, also without an output', async () => {
    const world = await worldOf([...STAGING, 'RunJob', 'StoreOutputs', 'ReleaseInputs', 'DemandFailed']);
    const record = { execution: ARN, since: 1, reason: 'the job did not write an output', outputs: [] };
    await world.kept.note({ ...record, directory: scratch('run-1') });
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'KEPT' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  });

  test('in the directory of another execution are not noted', async () => {
    const owner = `${ARN}--2`;
    const world = await worldOf([...STAGING, 'RunJob', 'StoreOutputs'], { owner, hasOutput: true });
    await cleanUpAfter(EVENT, world);
    expect(await world.kept.list()).toEqual([]);
    expect(existsSync(scratch('run-1/out'))).toBe(true);
  });

  test('are removed after StoreOutputs has stored them', async () => {
    const world = await worldOf([...STAGING, 'RunJob', 'StoreOutputs', 'RemoveData']);
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  });
});

test('with cleanup_working_dir false the directory stays, and its inputs are removed', async () => {
  const world = await worldOf(STAGING, { configuration: { cleanup_working_dir: false } });
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(readdirSync(scratch('run-1')).sort()).toEqual(['.demand.env', '.demand.owner']);
});

test('a directory that was removed in part is an error', async () => {
  const world = await worldOf(STAGING);
  rmSync(scratch('run-1/.demand.owner'));
  await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'RemovalFailed' });
});

test('the landmarks are states of the machine in this order', () => {
  const text = readFileSync(join(__dirname, '../../statemachines/demand-execution.asl.yml'), 'utf8');
  const { States } = parse(text, { merge: true });
  expect(States[States.BuildContext.Next].Default).toBe(LANDMARKS.built);
  expect(States.StoreOutputs.Next).toBe(LANDMARKS.stored);
  expect(Object.keys(States)).toEqual(expect.arrayContaining(Object.values(LANDMARKS)));
  expect(States.BuildContext.Parameters.Payload).toMatchObject({
    'request.$': '$.request',
    'volumes.$': '$.efs.volumes',
  });
});

describe('a resumption that was stopped before it stored an output', () => {
  const BEFORE = arnOf('run-0');
  const resumed = async (owner: string, recorded: string) => {
    const world = await worldOf(['Normalise', 'ResolveEfs', 'BuildContext', 'ContextBuilt'], {
      owner,
      hasOutput: true,
      resumes: BEFORE,
    });
    const directory = scratch('run-1');
    const since = 7;
    await world.kept.note({
      execution: recorded,
      previous: BEFORE,
      directory,
      since,
      reason: '',
      outputs: ['out'],
    });
    return world;
  };

  test.each([
    ['after the take-over', ARN, ARN],
    ['in the middle of the take-over', BEFORE, ARN],
    ['before the take-over', BEFORE, BEFORE],
  ])('leaves the directory kept: %s', async (_, owner, recorded) => {
    const world = await resumed(owner, recorded);
    expect(['KEPT', 'NOTHING_LEFT']).toContain((await cleanUpAfter(EVENT, world)).status);
    expect(readFileSync(scratch('run-1/out'), 'utf8')).toBe('R');
    expect(await world.kept.list()).toMatchObject([{ kept: { execution: recorded, since: 7 } }]);
  });
});
