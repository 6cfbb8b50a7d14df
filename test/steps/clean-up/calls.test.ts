/** Functions that go on after their execution has ended: nothing stops them with it. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { workingFiles } from '../../../src/adapters/files/working-files';
import type { HistoryEvent } from '../../../src/history/events';
import { cleanUpAfter } from '../../../src/steps/clean-up-after';
import { dataSync } from '../../../src/steps/data-sync';
import { removeDataPaths } from '../../../src/steps/remove-data-paths';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { arnOf } from '../../events/worlds';
import { asked, callEnded, called, entered, submitted } from '../../history/events';
import { harvest, plant } from '../../transfer/folders';
import { ARN, EVENT, folder, functionCalled, STAGING, scratch, transferWorldOf, worldOf } from './worlds';

type World = Awaited<ReturnType<typeof worldOf>>;

/** Cleans up while something still runs for the execution. It ends after so many milliseconds, or after the clean-up. */
async function cleanUpWhile(world: World, afterMs: number, goOn: () => Promise<unknown>) {
  const { wait } = world.clock;
  const at = world.clock.now() + afterMs;
  let running: Promise<unknown> | undefined;
  const end = async () => {
    running ??= goOn();
    await running;
  };
  world.clock.wait = async (ms) => {
    await wait(ms);
    if (world.clock.now() >= at) await end();
  };
  const cleaned = await cleanUpAfter(EVENT, world);
  await end();
  return cleaned;
}

/** SyncInput, as its function does it; it loses the lease where what it writes to is removed from under it. */
function stage(world: World, destination: string) {
  plant(join(folder, 's3/bucket/in'), { a: 'A', 'deep/b': 'B' });
  const request = { source_path: 's3://bucket/in/', destination_path: destination, delete: false };
  return dataSync(
    { data_sync_request: { ...request, require_lock: true }, inline: true, reader: ARN },
    transferWorldOf(world),
  ).catch(({ name }) => name);
}

const left = () => readdirSync(scratch(), { recursive: true });
const read = (world: World) => world.use.readers.around(localLocation(folder));
const INPUTS = ['fs-1:/scratch/run-1/in', 'fs-1:/scratch/far'];

describe('an input that is still being staged', () => {
  test.each(INPUTS)('leaves nothing, nor a reader: %s', async (destination) => {
    const world = await worldOf(STAGING);
    world.executions.events.push(functionCalled(700));
    const cleaned = await cleanUpWhile(world, 600_000, () => stage(world, destination));
    expect(cleaned).toMatchObject({ status: 'REMOVED' });
    expect(left()).toEqual([]);
    expect(await read(world)).toEqual([]);
  });

  test.each(INPUTS)('after the machine has removed all by itself leaves nothing: %s', async (destination) => {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
    world.executions.events.push(functionCalled(700));
    for (const name of ['run-1', 'far']) rmSync(scratch(name), { recursive: true });
    const cleaned = await cleanUpWhile(world, 600_000, () => stage(world, destination));
    expect(cleaned).toMatchObject({ status: 'REMOVED' });
    expect(left()).toEqual([]);
    expect(await read(world)).toEqual([]);
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
  });

  test('folders that were made for it before it lost its lease go as well', async () => {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
    rmSync(scratch('run-1'), { recursive: true });
    plant(scratch('run-1/in/deep'), { a: '' });
    rmSync(scratch('run-1/in/deep/a'));
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
    expect(left()).not.toContain('run-1');
  });

  test("is not looked for in another attempt's directory", async () => {
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

test('a working directory that is still being made goes', async () => {
  const world = await worldOf(['BuildContext']);
  world.executions.events.push(functionCalled(180));
  renameSync(scratch('run-1'), scratch('aside'));
  const make = async () => renameSync(scratch('aside'), scratch('run-1'));
  expect(await cleanUpWhile(world, 150_000, make)).toMatchObject({ status: 'REMOVED' });
  expect(existsSync(scratch('run-1'))).toBe(false);
});

test("the machine's own removal comes to its end first", async () => {
  const world = await worldOf([...STAGING, 'CleanUpAfterFailure']);
  world.executions.events.push(functionCalled(700));
  const requests = [{ paths: INPUTS }, { paths: ['fs-1:/scratch/run-1'] }];
  const removed: unknown[] = [];
  const remove = async () => removed.push(await removeDataPaths({ requests, reader: ARN }, world));
  expect(await cleanUpWhile(world, 600_000, remove)).toEqual({ status: 'NOTHING_LEFT' });
  expect(removed).toMatchObject([{ size_bytes_removed: expect.any(Number) }]);
  expect(left()).toEqual([]);
});

test('results that are still being stored arrive, and what is not stored yet stays', async () => {
  const world = await worldOf([...STAGING, 'RunJob', 'StoreOutputs']);
  world.executions.events.push(functionCalled(700));
  plant(scratch('run-1/out'), { result: 'R' });
  plant(scratch('run-1/other'), { result: 'S' });
  const request = { source_path: 'fs-1:/scratch/run-1/out', destination_path: 's3://bucket/out' };
  const store = () =>
    dataSync(
      { data_sync_request: { ...request, retain_source_data: false }, inline: true },
      transferWorldOf(world),
    );
  expect(await cleanUpWhile(world, 600_000, store)).toEqual({ status: 'KEPT' });
  expect(harvest(join(folder, 's3/bucket'))).toEqual({ 'out/result': 'R' });
  expect(harvest(scratch('run-1'))).toMatchObject({ 'other/result': 'S', 'in/a': 'A' });
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
    ["AWS DataSync's task", 'StartDataSyncTask'],
    ['an upload in parts', 'SyncBatches'],
  ])('%s that is begun late is ended, before and after', async (name, state) => {
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

  test("another file system's is waited for, and left to its own cleaner", async () => {
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

describe('a nested execution whose start was not answered', () => {
  const CHILD = 'arn:child';
  const transferring = async () => {
    const world = await worldOf(STAGING);
    world.executions.events.push(asked(CHILD, world.clock.now()));
    world.executions.histories.set(CHILD, [functionCalled(300)]);
    return world;
  };
  const begin = async ({ executions }: World) =>
    executions.kept.set(CHILD, { name: 'child', status: 'RUNNING' });

  test.each([
    ['it runs already', 0],
    ['it begins only now', 3_000],
  ])('is stopped, and what it calls is waited for: %s', async (_, afterMs) => {
    const world = await transferring();
    if (afterMs === 0) await begin(world);
    const cleaned = await cleanUpWhile(world, afterMs, () => begin(world));
    expect(cleaned).toMatchObject({ status: 'REMOVED' });
    expect(world.executions.stopped).toEqual([CHILD]);
    expect(world.clock.now()).toBe(2_310_000);
  });

  test('is waited for no longer than a start takes', async () => {
    const world = await transferring();
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(world.executions.stopped).toEqual([]);
    expect(world.clock.now()).toBe(2_010_000);
  });

  test('is not looked for once its start was answered', async () => {
    const world = await transferring();
    await begin(world);
    world.executions.events.push(submitted({ execution: CHILD }));
    await cleanUpAfter(EVENT, world);
    expect(world.executions.stopped).toEqual([CHILD]);
  });
});

describe('the cleaner waits', () => {
  const waitedFor = async (events: readonly HistoryEvent[]) => {
    const world = await worldOf(STAGING);
    world.executions.events.push(...events);
    const begun = world.clock.now();
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    return world.clock.now() - begun;
  };

  test.each([
    ['until the time of the task is up, and a moment more', [functionCalled(300)], 310_000],
    ['not where the call was answered', [functionCalled(), callEnded(1)], 0],
    ['not where it is long over', [functionCalled(-100)], 0],
    ['for the last of several', [functionCalled(300), called(7, 2_100_000)], 310_000],
  ])('%s', async (_, events, expected) => {
    expect(await waitedFor(events)).toBe(expected);
  });

  test('not where nothing can have been made', async () => {
    const world = await worldOf(['Normalise', 'ResolveEfs']);
    world.executions.events.push(functionCalled());
    const begun = world.clock.now();
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
    expect(world.clock.now()).toBe(begun);
  });

  test('no longer than its own call may, and the next one goes on', async () => {
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

  test('as long, in the three calls that there are, as any task of the machines waits for its function', () => {
    const read = (file: string) => parse(readFileSync(file, 'utf8'), { merge: true });
    const longest = ['demand-execution', 'data-sync'].flatMap((name) =>
      tasksOf(read(`statemachines/${name}.asl.yml`)).map(({ TimeoutSeconds }) => TimeoutSeconds),
    );
    // Lambda waits a minute, then two.
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
