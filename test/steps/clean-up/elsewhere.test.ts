/**
 * Two file systems, each with a cleaner of its own: the working directory is on the first, an input on the second. A
 * demand that the machine takes has shared inputs alone there; but what the machine would remove there, so does this.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileLeases } from '../../../src/adapters/files/file-leases';
import { fileReaders } from '../../../src/adapters/files/file-readers';
import { cleanUpAfter } from '../../../src/steps/clean-up-after';
import { dataSync } from '../../../src/steps/data-sync';
import { removeDataPaths } from '../../../src/steps/remove-data-paths';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { arnOf } from '../../events/worlds';
import { submitted } from '../../history/events';
import { harvest, plant } from '../../transfer/folders';
import { ARN, EVENT, folder, STAGING, transferWorldOf, worldOf } from './worlds';

const FAR = 'fs-2:/tmp/far';
const far = () => join(folder, 'second/tmp/far');

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

/** As SyncInput does for an execution. */
async function stage(world: World, reader: string) {
  plant(join(folder, 's3/bucket/far'), { a: 'A' });
  const request = { source_path: 's3://bucket/far/', destination_path: FAR, delete: false };
  return dataSync({ data_sync_request: request, inline: true, reader }, transferWorldOf(world));
}

const readersOf = async ({ use }: World) =>
  (await use.readers.around(localLocation(far()))).map(({ execution }) => execution);

test('an input that was staged there is removed, once', async () => {
  const world = await secondOf(STAGING);
  await stage(world, ARN);
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED', size_bytes_removed: 1 });
  expect(existsSync(far())).toBe(false);
  // A later file of another execution does not belong to the event.
  plant(far(), { other: 'O' });
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
  expect(harvest(far())).toEqual({ other: 'O' });
});

test.each([
  ['is to stay', STAGING, { cleanup_inputs: false }, 'NOTHING_LEFT'],
  ['belongs to results that are not stored', [...STAGING, 'RunJob', 'StoreOutputs'], {}, 'KEPT'],
])('one that %s stays, and is free', async (_, states, configuration, status) => {
  const world = await secondOf(states, configuration);
  await stage(world, ARN);
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status });
  expect(harvest(far())).toEqual({ a: 'A' });
  expect(await readersOf(world)).toEqual([]);
});

test('one that another execution reads as well is left to that', async () => {
  const world = await secondOf(STAGING);
  const other = arnOf('run-1--2');
  for (const reader of [ARN, other]) await stage(world, reader);
  await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'DataPathInUse' });
  expect(harvest(far())).toEqual({ a: 'A' });
  expect(await readersOf(world)).toEqual([other]);
  await removeDataPaths({ paths: [FAR], reader: other }, world);
  expect(existsSync(far())).toBe(false);
});

test('a removal that came to no end is taken up again', async () => {
  const world = await secondOf(STAGING);
  await stage(world, ARN);
  const removeTree = async () => ({ bytes: 0, failures: ['it is stuck'] });
  const failing = { ...world, trees: { removeTree, removeAside: async () => undefined } };
  await expect(cleanUpAfter(EVENT, failing)).rejects.toMatchObject({ name: 'RemovalFailed' });
  expect(await readersOf(world)).toEqual([ARN]);
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(existsSync(far())).toBe(false);
});

test('what is on a file system that no function has is nothing here', async () => {
  const second = await secondOf(STAGING);
  const routing = { fileSystemIds: ['fs-2'], index: 0 };
  const world = { ...second, settings: { ...second.settings, routing } };
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
});

test('a job is ended first there, too', async () => {
  const world = await secondOf([...STAGING, 'RunJob']);
  await stage(world, ARN);
  world.jobs.byId.set('job-1', 'RUNNING');
  world.executions.events.push(submitted({ jobId: 'job-1' }));
  const { wait } = world.clock;
  world.clock.wait = async (ms) => {
    expect(harvest(far())).toEqual({ a: 'A' });
    await wait(ms);
  };
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(world.jobs.terminated).toEqual(['job-1']);
});
