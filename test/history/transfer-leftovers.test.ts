import { findTransferLeftovers } from '../../src/history/transfer-leftovers';
import { called, entered, stream } from './events';

const plan = {
  finish_request: { source_path: 'a' },
  batches: [{ requests: 'a' }],
  route: { index: 1, sent_by: -1 },
};
const find = (...events: ReturnType<typeof entered>[]) => findTransferLeftovers(stream(events));

test('a transfer without a plan has no task and no batches', async () => {
  expect(await find(entered('BeginPlan'), called(1, 500))).toEqual({ index: 0, callsOverAt: 500 });
});

test('the input of StartDataSyncTask has the task', async () => {
  expect(await find(entered('StartDataSyncTask', { plan }))).toMatchObject({
    task: { source_path: 'a' },
    index: 1,
  });
});

test('batches are found beside an earlier task', async () => {
  const other = { ...plan, route: { index: 2, sent_by: -1 } };
  expect(
    await find(entered('StartDataSyncTask', { plan }), entered('SyncBatches', { plan: other })),
  ).toMatchObject({ task: { source_path: 'a' }, batches: [{ requests: 'a' }], index: 2 });
});
