/**
 * Lambda calls a function many times in one process, also after a failed call. Each call must close its files and stop its
 * timers, or a later call fails with EMFILE. Lambda allows 1,024 descriptors.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { fileReaders } from '../../src/adapters/files/file-readers';
import { FileTrees } from '../../src/adapters/files/file-trees';
import { fileVerified } from '../../src/adapters/files/file-verified';
import { mountedStores } from '../../src/adapters/stores';
import { dataSync } from '../../src/steps/data-sync';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { NFS_LEASE } from '../../src/transfer/lease/claims';
import { stepWorld } from '../steps/worlds';
import { plant, useFolder } from '../transfer/folders';

const folder = useFolder();
const CALLS = 25;

/** The world of one call, made anew as each function does. */
function worldOfCall(signal = new AbortController().signal) {
  const mounts = [{ path: folder.path, fileSystemId: 'fs-1', root: '/' }];
  const world = stepWorld();
  return {
    ...world,
    signal,
    stores: mountedStores(mounts),
    leases: fileLeases({ mounts, settings: { ...NFS_LEASE, pollMs: 5 } }),
    readers: fileReaders(mounts),
    verified: fileVerified({ mounts }),
    settings: { ...world.settings, mounts },
  };
}

const request = (source: string, changes: object = {}) => ({
  source_path: `fs-1:/${source}`,
  destination_path: 'fs-1:/out/',
  size_only: false,
  require_lock: true,
  ...changes,
});

/** Calls of all kinds, also of all kinds of failures. */
async function callAll(): Promise<string[]> {
  const gone = new AbortController();
  setImmediate(() => gone.abort(new Error('stopped')));
  const calls = [
    dataSync(request('in/'), worldOfCall()),
    dataSync(request('in/', { delete: true, force: true }), worldOfCall()),
    dataSync(request('missing/'), worldOfCall()),
    dataSync(request('in/', { destination_path: 'fs-1:/in/new/', retain_source_data: false }), worldOfCall()),
    dataSync(request('in/', { require_lock: false, force: true }), worldOfCall(gone.signal)),
  ];
  const outcomes = await Promise.allSettled(calls);
  const { stores, readers, leases, settings, signal } = worldOfCall();
  const removal = removeDataPaths(
    { requests: [{ paths: ['fs-1:/out/'] }] },
    {
      trees: new FileTrees(),
      signal,
      use: { leases, readers },
      readJson: async () => stores,
      settings,
    },
  );
  const [removed] = await Promise.allSettled([removal]);
  return [...outcomes, removed!].map((outcome) =>
    outcome.status === 'rejected' ? outcome.reason.name : 'done',
  );
}

const descriptors = () => readdirSync('/proc/self/fd').length;
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('many calls in one process leave no open file and no timer, whatever their outcome is', async () => {
  plant(join(folder.path, 'in'), { a: '1', 'b/c': 'x'.repeat(100_000) });
  const outcomes = await callAll();
  expect(outcomes).toEqual(['done', 'done', 'DataSourceMissing', 'UnsafePath', 'Error', 'done']);
  const before = { descriptors: descriptors(), timers: timers() };
  for (let call = 0; call < CALLS; call++) await callAll();
  expect({ descriptors: descriptors(), timers: timers() }).toEqual(before);
});
