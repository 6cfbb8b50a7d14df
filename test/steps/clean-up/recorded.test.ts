/**
 * There are two file systems, each with its own clean-up function. The working directory is on the first file system, an
 * input is on the second one. The function of the second file system finds the input by its record.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileLeases } from '../../../src/adapters/files/file-leases';
import { fileReaders } from '../../../src/adapters/files/file-readers';
import { findRecorded } from '../../../src/steps/clean-up/recorded';
import { cleanUpAfter } from '../../../src/steps/clean-up-after';
import { dataSync } from '../../../src/steps/data-sync';
import { removeDataPaths } from '../../../src/steps/remove-data-paths';
import { parseLocation } from '../../../src/transfer/location';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { arnOf } from '../../events/worlds';
import { submitted } from '../../history/events';
import { harvest, plant } from '../../transfer/folders';
import { ARN, EVENT, folder, STAGING, transferWorldOf, worldOf } from './worlds';

const INPUT = 'fs-2:/tmp/far';
const inputPath = () => join(folder, 'second/tmp/far');

async function secondOf(states: readonly string[], configuration = {}) {
  const world = await worldOf(states, { far: 'elsewhere', configuration });
  const mounts = [{ path: join(folder, 'second'), fileSystemId: 'fs-2', root: '/' }];
  mkdirSync(join(folder, 'second'));
  return {
    ...world,
    settings: { ...world.settings, mounts, routing: { fileSystemIds: ['fs-1', 'fs-2'], index: 1 } },
    use: { leases: fileLeases({ mounts }), readers: fileReaders(mounts) },
  };
}

type World = Awaited<ReturnType<typeof secondOf>>;

/** Stages the input as the state SyncInput does. */
async function stage(world: World, reader: string) {
  plant(join(folder, 's3/bucket/far'), { a: 'A' });
  const request = { source_path: 's3://bucket/far/', destination_path: INPUT, delete: false };
  return dataSync({ data_sync_request: request, inline: true, reader }, transferWorldOf(world));
}

const readersOf = async ({ use }: World) =>
  (await use.readers.around(localLocation(inputPath()))).map(({ execution }) => execution);

test('the recorded inputs are the inputs of the execution inside the paths, on mounted file systems', async () => {
  const { use, ...world } = await secondOf(STAGING);
  const inputAt = (path: string) => localLocation(join(folder, 'second/tmp', path));
  await use.readers.add(inputAt('far/mine'), ARN);
  await use.readers.add(inputAt('far/theirs'), arnOf('run-1--2'));
  await use.readers.add(inputAt('near'), ARN);
  const paths = [INPUT, 'fs-1:/tmp/near'].map(parseLocation);
  const found = await findRecorded(paths, ARN, { ...world, use });
  expect(found.map(({ path }) => path)).toEqual([inputAt('far/mine').path]);
  expect(await findRecorded(paths, ARN, world)).toEqual([]);
});

test('an input on the second file system is removed once', async () => {
  const world = await secondOf(STAGING);
  await stage(world, ARN);
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED', size_bytes_removed: 1 });
  expect(existsSync(inputPath())).toBe(false);
  // A later file of another execution does not belong to the event.
  plant(inputPath(), { other: 'O' });
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
  expect(harvest(inputPath())).toEqual({ other: 'O' });
});

test.each([['stays with cleanup_inputs false', STAGING, { cleanup_inputs: false }, 'NOTHING_LEFT']])(
  'an input %s, and is released',
  async (_, states, configuration, status) => {
    const world = await secondOf(states, configuration);
    await stage(world, ARN);
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status });
    expect(harvest(inputPath())).toEqual({ a: 'A' });
    expect(await readersOf(world)).toEqual([]);
  },
);

test('an input on another file system than the results that are not stored is removed', async () => {
  const world = await secondOf([...STAGING, 'RunJob', 'StoreOutputs']);
  await stage(world, ARN);
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(existsSync(inputPath())).toBe(false);
  expect(await readersOf(world)).toEqual([]);
});

test('an input that another execution reads stays, and that execution removes it', async () => {
  const world = await secondOf(STAGING);
  const other = arnOf('run-1--2');
  for (const reader of [ARN, other]) await stage(world, reader);
  await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'DataPathInUse' });
  expect(harvest(inputPath())).toEqual({ a: 'A' });
  expect(await readersOf(world)).toEqual([other]);
  await removeDataPaths({ paths: [INPUT], reader: other }, world);
  expect(existsSync(inputPath())).toBe(false);
});

test('a failed removal is repeated by the next call', async () => {
  const world = await secondOf(STAGING);
  await stage(world, ARN);
  const removeTree = async () => ({ bytes: 0, failures: ['it is stuck'] });
  const failing = { ...world, trees: { removeTree, removeAside: async () => undefined } };
  await expect(cleanUpAfter(EVENT, failing)).rejects.toMatchObject({ name: 'RemovalFailed' });
  expect(await readersOf(world)).toEqual([ARN]);
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(existsSync(inputPath())).toBe(false);
});

test('a path on a file system without a function is ignored', async () => {
  const second = await secondOf(STAGING);
  const routing = { fileSystemIds: ['fs-2'], index: 0 };
  const world = { ...second, settings: { ...second.settings, routing } };
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
});

test('the job ends before the removal on the second file system', async () => {
  const world = await secondOf([...STAGING, 'RunJob']);
  await stage(world, ARN);
  world.jobs.byId.set('job-1', 'RUNNING');
  world.executions.events.push(submitted({ jobId: 'job-1' }));
  const { wait } = world.clock;
  world.clock.wait = async (ms) => {
    expect(harvest(inputPath())).toEqual({ a: 'A' });
    await wait(ms);
  };
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(world.jobs.terminated).toEqual(['job-1']);
});
