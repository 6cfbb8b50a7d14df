/** Functions run on after the end of their execution. The clean-up waits for their ends. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { workingFiles } from '../../../src/adapters/files/working-files';
import type { HistoryEvent } from '../../../src/history/events';
import { waitForCalls } from '../../../src/steps/clean-up/calls';
import { cleanUpAfter } from '../../../src/steps/clean-up-after';
import { dataSync } from '../../../src/steps/data-sync';
import { removeDataPaths } from '../../../src/steps/remove-data-paths';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { arnOf } from '../../events/worlds';
import { callEnded, called, entered, submitted } from '../../history/events';
import { harvest, plant } from '../../transfer/folders';
import {
  ARN,
  type CleanUpTestWorld,
  cleanUpWhile,
  EVENT,
  folder,
  functionCalled,
  STAGING,
  scratch,
  transferWorldOf,
  worldOf,
} from './worlds';

/** Stages an input as the state SyncInput does. Returns the name of the error after a removal of the destination. */
function stage(world: CleanUpTestWorld, destination: string) {
  plant(join(folder, 's3/bucket/in'), { a: 'A', 'deep/b': 'B' });
  const request = { source_path: 's3://bucket/in/', destination_path: destination, delete: false };
  return dataSync(
    { data_sync_request: { ...request, require_lock: true }, inline: true, reader: ARN },
    transferWorldOf(world),
  ).catch(({ name }) => name);
}

const left = () => readdirSync(scratch(), { recursive: true });
const read = (world: CleanUpTestWorld) => world.use.readers.around(localLocation(folder));
const INPUTS = ['fs-1:/scratch/run-1/in', 'fs-1:/scratch/far'];

describe('an input that a function still stages', () => {
  test.each(INPUTS)('leaves no file and no reader: %s', async (destination) => {
    const world = await worldOf(STAGING);
    world.executions.events.push(functionCalled(700));
    const cleaned = await cleanUpWhile(world, 600_000, () => stage(world, destination));
    expect(cleaned).toMatchObject({ status: 'REMOVED' });
    expect(left()).toEqual([]);
    expect(await read(world)).toEqual([]);
  });

  test.each(INPUTS)('leaves no file after a clean-up by the machine: %s', async (destination) => {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
    world.executions.events.push(functionCalled(700));
    for (const name of ['run-1', 'far']) rmSync(scratch(name), { recursive: true });
    const cleaned = await cleanUpWhile(world, 600_000, () => stage(world, destination));
    expect(cleaned).toMatchObject({ status: 'REMOVED' });
    expect(left()).toEqual([]);
    expect(await read(world)).toEqual([]);
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
  });

  test('leaves no folder: it made folders before it lost its lease', async () => {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
    rmSync(scratch('run-1'), { recursive: true });
    plant(scratch('run-1/in/deep'), { a: '' });
    rmSync(scratch('run-1/in/deep/a'));
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
    expect(left()).not.toContain('run-1');
  });

  test('stays in the directory of another attempt', async () => {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
    rmSync(scratch('run-1'), { recursive: true });
    await workingFiles().claimDirectory(scratch('run-1'), arnOf('run-1--2'));
    await stage(world, INPUTS[0] as string);
    expect(await read(world)).toHaveLength(1);
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
    expect(harvest(scratch('run-1/in'))).toEqual({ a: 'A', 'deep/b': 'B' });
    expect(await read(world)).toEqual([]);
  });
});

test('a working directory that BuildContext makes after the end is removed', async () => {
  const world = await worldOf(['BuildContext']);
  world.executions.events.push(functionCalled(180));
  renameSync(scratch('run-1'), scratch('aside'));
  const make = async () => renameSync(scratch('aside'), scratch('run-1'));
  expect(await cleanUpWhile(world, 150_000, make)).toMatchObject({ status: 'REMOVED' });
  expect(existsSync(scratch('run-1'))).toBe(false);
});

test('a removal by the machine ends before the clean-up looks for files', async () => {
  const world = await worldOf([...STAGING, 'CleanUpAfterFailure']);
  world.executions.events.push(functionCalled(700));
  const requests = [{ paths: INPUTS }, { paths: ['fs-1:/scratch/run-1'] }];
  const removed: unknown[] = [];
  const remove = async () => removed.push(await removeDataPaths({ requests, reader: ARN }, world));
  expect(await cleanUpWhile(world, 600_000, remove)).toEqual({ status: 'NOTHING_LEFT' });
  expect(removed).toMatchObject([{ size_bytes_removed: expect.any(Number) }]);
  expect(left()).toEqual([]);
});

test.each([
  ['everything arrives', {}, { status: 'REMOVED' }, {}],
  ['results that come later stay', { late: 'L' }, { status: 'KEPT' }, { 'out/late': 'L', 'in/a': 'A' }],
])('results that a function still stores arrive: %s', async (_, late, answer, left) => {
  const world = await worldOf([...STAGING, 'RunJob', 'StoreOutputs']);
  world.executions.events.push(functionCalled(700));
  plant(scratch('run-1/out'), { result: 'R' });
  const request = { source_path: 'fs-1:/scratch/run-1/out', destination_path: 's3://bucket/out' };
  const event = { data_sync_request: { ...request, retain_source_data: false }, inline: true };
  const store = async () => {
    // A move takes two calls.
    const first = await dataSync(event, transferWorldOf(world));
    await dataSync({ ...event, ...first }, transferWorldOf(world));
    plant(scratch('run-1/out'), late);
  };
  expect(await cleanUpWhile(world, 600_000, store)).toMatchObject(answer);
  expect(harvest(join(folder, 's3/bucket'))).toEqual({ 'out/result': 'R' });
  expect(harvest(scratch('run-1'))).toMatchObject(left);
});

describe('a transfer of the data-sync machine', () => {
  const CHILD = 'arn:child';
  const plan = { finish_request: {}, batches: [{}], route: { index: 0, sent_by: -1 } };

  /** @param begun names of begun uploads and tasks; the functions that end them empty the set */
  async function transferring(state: string, begun: Set<string>) {
    const world = await worldOf(STAGING);
    world.executions.events.push(submitted({ execution: CHILD }));
    world.executions.kept.set(CHILD, { name: 'child', status: 'ABORTED' });
    world.executions.histories.set(CHILD, [entered(state, { plan }), functionCalled(700)]);
    const end = async () => {
      begun.clear();
      return { status: 'DONE', wait_seconds: 0 };
    };
    world.transfers = { dataSyncTask: end, dataSync: end };
    return world;
  }

  test.each([
    ['a task of AWS DataSync', 'StartDataSyncTask'],
    ['an upload in parts', 'SyncBatches'],
  ])('%s that begins during the wait is ended, as one that began before', async (name, state) => {
    const begun = new Set(['early']);
    const world = await transferring(state, begun);
    const late = async () => {
      if (state === 'StartDataSyncTask') expect(begun).toEqual(new Set());
      expect(existsSync(scratch('run-1'))).toBe(true);
      begun.add(name);
    };
    expect(await cleanUpWhile(world, 600_000, late)).toMatchObject({ status: 'REMOVED' });
    expect(begun).toEqual(new Set());
  });

  test('on another file system is awaited, and left to the function of that file system', async () => {
    const begun = new Set<string>();
    const world = await transferring('StartDataSyncTask', begun);
    const routing = { fileSystemIds: ['fs-2', 'fs-1'], index: 1 };
    await cleanUpWhile(
      Object.assign(world, { settings: { ...world.settings, routing } }),
      600_000,
      async () => {
        expect(existsSync(scratch('run-1'))).toBe(true);
        begun.add('task');
      },
    );
    expect(begun).toEqual(new Set(['task']));
  });
});

describe('the clean-up waits', () => {
  const waitedFor = async (events: readonly HistoryEvent[]) => {
    const world = await worldOf(STAGING);
    world.executions.events.push(...events);
    const begun = world.clock.now();
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    return world.clock.now() - begun;
  };

  test.each([
    ['until 10 seconds after the time-out of the task', [functionCalled(300)], 310_000],
    ['for no call with an answer', [functionCalled(), callEnded(1)], 0],
    ['for no call whose task has timed out', [functionCalled(-100)], 0],
    ['for the last of several calls', [functionCalled(300), called(7, 2_100_000)], 310_000],
  ])('%s', async (_, events, expected) => {
    expect(await waitedFor(events)).toBe(expected);
  });

  test('for no call before BuildContext: no file can exist', async () => {
    const world = await worldOf(['Normalise', 'ResolveEfs']);
    world.executions.events.push(functionCalled());
    const begun = world.clock.now();
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
    expect(world.clock.now()).toBe(begun);
  });

  test('within its own time, and the next call continues', async () => {
    const world = await worldOf(STAGING);
    world.executions.events.push(functionCalled(910));
    await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({
      name: 'JobStillRunning',
      message: expect.stringContaining('may run until 1970-01-01T00:48:40'),
    });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
    await world.clock.wait(60_000);
    const again = { ...world, time: { remainingMs: () => 900_000 } };
    expect(await cleanUpAfter(EVENT, again)).toMatchObject({ status: 'REMOVED' });
  });

  test('in its three calls longer than any task of the machines waits for its function', () => {
    const read = (file: string) => parse(readFileSync(file, 'utf8'), { merge: true });
    const longest = ['demand-execution', 'data-sync'].flatMap((name) =>
      tasksOf(read(`statemachines/${name}.asl.yml`)).map(({ TimeoutSeconds }) => TimeoutSeconds),
    );
    // Lambda retries after one minute, and again after two minutes.
    const waits = 3 * (read('serverless.yml').functions.cleanUpAfter.timeout - 60) + 180;
    expect(read('resources/events.yml').Resources.CleanUpAfterRetries.Properties.MaximumRetryAttempts).toBe(
      2,
    );
    expect(Math.max(...longest) + 10).toBeLessThan(waits);
  });
});

interface Machine {
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Resource?: string;
  readonly TimeoutSeconds: number;
  readonly ItemProcessor?: Machine;
}

function tasksOf({ States }: Machine): State[] {
  return Object.values(States).flatMap((state) => [
    ...(state.Resource === 'arn:aws:states:::lambda:invoke' ? [state] : []),
    ...(state.ItemProcessor ? tasksOf(state.ItemProcessor) : []),
  ]);
}

describe('the wait for the end of the calls', () => {
  function worldAt(now: number, remainingMs: number) {
    const waits: number[] = [];
    const wait = async (ms: number) => {
      waits.push(ms);
      now += ms;
    };
    return { clock: { now: () => now, wait }, time: { remainingMs: () => remainingMs }, waits };
  }
  const EXECUTIONS = [{ callsOverAt: 5_000 }, { callsOverAt: 20_000 }];

  test.each([
    ['is not necessary 10 seconds after the last time-out', 30_000, false, []],
    ['is necessary one millisecond earlier', 29_999, true, [1]],
    ['has steps of 5 seconds', 18_000, true, [5_000, 5_000, 2_000]],
  ])('%s', async (_, now, isNecessary, waits) => {
    const world = worldAt(now, 60_000);
    expect(await waitForCalls(EXECUTIONS, ARN, world)).toBe(isNecessary);
    expect(world.waits).toEqual(waits);
  });

  test('needs 60 seconds of the call', async () => {
    const waiting = waitForCalls(EXECUTIONS, ARN, worldAt(29_999, 59_999));
    await expect(waiting).rejects.toMatchObject({ name: 'JobStillRunning' });
  });
});
