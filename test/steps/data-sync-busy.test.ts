/** What the step answers while another writer has the destination. */
import { LeaseNotAcquired } from '../../src/errors';
import { dataSync } from '../../src/steps/data-sync';
import { acquireLease, type Lease } from '../../src/transfer/lease/lease';
import { LeaseServer, leaseWorld } from '../transfer/lease/lease-server';
import { stepWorld } from './worlds';

const SYNC = {
  source_path: 's3://bucket/in/',
  destination_path: 'fs-1:/scratch/run-1/in',
  delete: false,
  require_lock: true,
};
const NOTHING = { bytes_transferred: 0, files_transferred: 0 };

let server: LeaseServer;
let first: Lease;
beforeEach(async () => {
  server = new LeaseServer();
  const signal = new AbortController().signal;
  const options = { name: 'in', signal, mayWait: () => false };
  first = await acquireLease(server.connect(), options, leases('first'));
});
afterEach(() => first.release());

function leases(name: string) {
  let tokens = 0;
  return leaseWorld(server, server.connect(), {
    token: () => `${name}${++tokens}`,
    clock: {
      elapsedMs: () => 0,
      wait: (_, until) => new Promise((resolve) => until.addEventListener('abort', () => resolve())),
    },
  });
}

const sync = (event: unknown) =>
  dataSync(event, { ...stepWorld(), leases: leases('second'), time: { remainingMs: () => 1 } });

test.each([
  ['a transfer', { data_sync_request: SYNC, cursor: '[0,"a/b"]' }, '[0,"a/b"]'],
  ['a batch', { batch: { requests: [SYNC, SYNC] }, cursor: '[1,"a/b"]' }, '[1,"a/b"]'],
  ['a batch that begins', { batch: { requests: [SYNC, SYNC] } }, ''],
  ['the end of a transfer', { finish_request: SYNC }, ''],
])('%s is to be called again, from the same place', async (_, event, cursor) => {
  const soFar = { bytes_transferred: 5, files_transferred: 1 };
  expect(await sync({ ...event, so_far: [soFar] })).toMatchObject({
    status: 'INCOMPLETE',
    cursor,
    result: soFar,
  });
  expect(await sync(event)).toMatchObject({ status: 'INCOMPLETE', cursor, result: NOTHING });
  await first.check();
});

test("the contract's event, which nobody calls again, fails", async () => {
  await expect(sync(SYNC)).rejects.toThrow(LeaseNotAcquired);
});
