/** Transfers under a lease. */
import { join } from 'node:path';
import { LeaseLost, LeaseNotAcquired } from '../../../src/errors';
import type { LeaseWorld } from '../../../src/transfer/lease/claims';
import { acquireLease } from '../../../src/transfer/lease/lease';
import { finishSync, syncData } from '../../../src/transfer/sync';
import { faultyStores } from '../faulty-store';
import { folderStores, harvest, plant, syncRequest, type Tree, useFolder, worldOf } from '../folders';
import { LeaseServer, leaseWorld } from './lease-server';

const folder = useFolder();
const SOURCE: Tree = { 'a/1': 'one', b: 'two' };
const signal = new AbortController().signal;

let server: LeaseServer;
let opened: string[];
beforeEach(() => {
  server = new LeaseServer();
  opened = [];
  plant(join(folder.path, 's3/bucket/in'), SOURCE);
});

const destination = () => harvest(join(folder.path, 'dst'));
const request = (fields = {}) =>
  syncRequest({
    source_path: 's3://bucket/in/',
    destination_path: `${folder.path}/dst`,
    size_only: true,
    require_lock: true,
    max_concurrency: 1,
    ...fields,
  });

function leases(changes: Partial<LeaseWorld> = {}): LeaseWorld {
  const world = leaseWorld(server, server.connect(), changes);
  return {
    ...world,
    open: (location) => {
      opened.push(location.path);
      return world.open(location);
    },
  };
}

const worldWith = (changes = {}) => worldOf(folderStores(folder.path), { leases: leases(), ...changes });
const hold = () =>
  acquireLease(
    server.connect(),
    { name: 'dst', signal, mayWait: () => false },
    leases({ token: () => 'other' }),
  );

test('a transfer holds the lease while it writes, and releases it', async () => {
  expect(await syncData(request(), undefined, worldWith())).toMatchObject({ status: 'DONE' });
  expect(opened).toEqual([`${folder.path}/dst`]);
  expect(server.claims.get(1)).toMatchObject({ isReleased: true });
  expect(destination()).toEqual(SOURCE);
});

test('the lease of a single file is on its path at the destination', async () => {
  const one = request({ source_path: 's3://bucket/in/b', destination_path: `${folder.path}/dst/` });
  await syncData(one, undefined, worldWith());
  expect(opened).toEqual([`${folder.path}/dst/b`]);
});

test.each([
  ['without require_lock', { require_lock: false }],
  ['to S3', { source_path: 's3://bucket/in/', destination_path: 's3://bucket/out/' }],
])('a transfer %s opens no lease', async (_, fields) => {
  await syncData(request(fields), undefined, worldWith());
  expect(opened).toEqual([]);
});

test('a request with require_lock is refused in a world without leases', async () => {
  const world = worldOf(folderStores(folder.path));
  await expect(syncData(request(), undefined, world)).rejects.toThrow(TypeError);
  expect(destination()).toEqual({});
});

test('the second transfer waits, and copies nothing that the first transfer has copied', async () => {
  const first = await hold();
  let waits = 0;
  const world = worldWith({
    time: {
      remainingMs: () => {
        if (++waits === 3) {
          plant(join(folder.path, 'dst'), SOURCE);
          void first.release();
        }
        return 900_000;
      },
    },
  });
  expect(await syncData(request(), undefined, world)).toEqual({
    status: 'DONE',
    filesTransferred: 0,
    bytesTransferred: 0,
  });
});

test.each([
  ['syncData', () => syncData(request(), undefined, worldWith({ time: { remainingMs: () => 29_999 } }))],
  ['finishSync', () => finishSync(request(), worldWith({ time: { remainingMs: () => 29_999 } }))],
])('%s does not wait at the end of its time', async (_, sync) => {
  const first = await hold();
  await expect(sync()).rejects.toThrow(LeaseNotAcquired);
  expect(destination()).toEqual({});
  await first.check();
});

test('a transfer that fails, or whose time is over, releases the lease', async () => {
  const failing = faultyStores(folderStores(folder.path), { calls: [], failAt: 6 });
  await expect(syncData(request(), undefined, worldOf(failing, { leases: leases() }))).rejects.toThrow();
  let asked = 0;
  const outcome = await syncData(
    request(),
    undefined,
    worldWith({ time: { remainingMs: () => (asked++ < 1 ? 900_000 : 0) } }),
  );
  expect(outcome).toMatchObject({ status: 'INCOMPLETE' });
  await (await hold()).check();
});

describe('after the loss of the lease', () => {
  /** Revokes the lease at this call of the transfer. */
  function losingAt(call: string) {
    const stores = folderStores(folder.path);
    const calls = new Proxy([] as string[], {
      set: (all, index, value) => {
        if (value === call.replace('DST', `${folder.path}/dst`)) server.revoke();
        return Reflect.set(all, index, value);
      },
    });
    return worldOf(faultyStores(stores, { calls }), { leases: leases() });
  }

  test('no more files appear', async () => {
    const stores = folderStores(folder.path);
    const world = worldOf(stores, {
      leases: leases(),
      report: ({ filesDone }) => filesDone === 1 && server.revoke(),
    });
    await expect(syncData(request(), undefined, world)).rejects.toThrow(LeaseLost);
    expect(destination()).toEqual({ 'a/1': 'one' });
  });

  test('a mirror removes no more files', async () => {
    plant(join(folder.path, 'dst'), { ...SOURCE, x: 'stale', y: 'stale' });
    await expect(syncData(request(), undefined, losingAt('removed DST/x'))).rejects.toThrow(LeaseLost);
    expect(destination()).toEqual({ ...SOURCE, y: 'stale' });
  });

  test('a move removes no more files', async () => {
    plant(join(folder.path, 'dst'), SOURCE);
    const moving = request({ retain_source_data: false, delete: false });
    await expect(syncData(moving, undefined, losingAt('removed s3://bucket/in/a/1'))).rejects.toThrow(
      LeaseLost,
    );
    expect(Object.keys(harvest(join(folder.path, 's3/bucket/in')))).toContain('b');
  });
});

test('each batch of one destination has its own lease', async () => {
  const first = request({ key_range: { up_to: 'a/1' } });
  const second = request({ key_range: { after: 'a/1', up_to: 'b' } });
  await syncData(first, undefined, worldWith());
  await syncData(second, undefined, worldWith());
  await syncData(first, undefined, worldWith());
  const [one, other, again] = opened;
  expect(one).toMatch(new RegExp(`^${folder.path}/dst/range-`));
  expect(other).not.toBe(one);
  expect(again).toBe(one);
  expect(destination()).toEqual(SOURCE);
});
