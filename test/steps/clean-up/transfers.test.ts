import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SINGLE_FUNCTION } from '../../../src/efs/function-routing';
import type { HistoryEvent } from '../../../src/history/events';
import { TRANSFER_LANDMARKS } from '../../../src/history/transfer-leftovers';
import { abandonBatches, endDataSyncTasks, unfinishedTransfers } from '../../../src/steps/clean-up/transfers';
import { MemoryExecutions } from '../../events/worlds';
import { entered } from '../../history/events';

const CHILD = 'arn:child';
const enteredWith = (state: string, plan: object) => entered(state, { plan });
const planOf = (name: string, index = 0) => ({
  finish_request: { source_path: name },
  batches: [{ requests: name }],
  route: { index, sent_by: -1 },
});

function worldOf(events: HistoryEvent[], more: { status?: string; polls?: number; left?: number } = {}) {
  const { status = 'ABORTED', polls = 1, left = 900_000 } = more;
  const executions = new MemoryExecutions();
  executions.kept.set(CHILD, { name: 'child', status });
  executions.histories.set(CHILD, events);
  const asked: unknown[] = [];
  const waits: number[] = [];
  const transfers = {
    dataSyncTask: async (event: unknown): Promise<unknown> => {
      const isDone = asked.push(event) > polls;
      return isDone ? { status: 'DONE', wait_seconds: 0 } : { status: 'INCOMPLETE', wait_seconds: 15 };
    },
    dataSync: async (event: unknown): Promise<unknown> => asked.push(event),
  };
  const wait = async (ms: number) => {
    waits.push(ms);
  };
  return {
    executions,
    settings: { routing: SINGLE_FUNCTION },
    transfers,
    asked,
    waits,
    clock: { now: () => 0, wait },
    time: { remainingMs: () => left },
  };
}

async function cleanUp(world: ReturnType<typeof worldOf>) {
  const found = await unfinishedTransfers([CHILD], world);
  await endDataSyncTasks(found, world);
  await abandonBatches(found, world);
}

test('a task of AWS DataSync is stopped, and polled until its end', async () => {
  const world = worldOf([
    enteredWith('StartDataSyncTask', planOf('a')),
    enteredWith('StartDataSyncTask', planOf('b')),
  ]);
  await cleanUp(world);
  const clean_up = { data_sync_request: { source_path: 'b' }, execution: CHILD };
  expect(world.asked).toEqual([
    { clean_up: { ...clean_up, wait_seconds: 0 } },
    { clean_up: { ...clean_up, wait_seconds: 15 } },
  ]);
  expect(world.waits).toEqual([15_000]);
});

test('a task that does not stop in time is an error', async () => {
  const world = worldOf([enteredWith('StartDataSyncTask', planOf('a'))], { left: 130_000 });
  await expect(cleanUp(world)).rejects.toMatchObject({ name: 'JobStillRunning' });
});

test('the uploads of batches are ended', async () => {
  const world = worldOf([enteredWith('SyncBatches', planOf('a'))]);
  await cleanUp(world);
  expect(world.asked).toEqual([{ abandoned_batches: [{ requests: 'a' }] }]);
});

test.each([
  ['has succeeded', [enteredWith('SyncBatches', planOf('a'))], 'SUCCEEDED'],
  ['is on another file system', [enteredWith('SyncBatches', planOf('a', 1))], 'ABORTED'],
  ['has no plan', [enteredWith('BeginPlan', {})], 'TIMED_OUT'],
])('a transfer that %s gets no call', async (_, events, status) => {
  const world = worldOf(events, { status });
  await cleanUp(world);
  expect(world.asked).toEqual([]);
});

test('the landmarks are states of the data-sync machine', () => {
  const text = readFileSync(join(__dirname, '../../../statemachines/data-sync.asl.yml'), 'utf8');
  const { States } = parse(text, { merge: true });
  expect(Object.keys(States)).toEqual(expect.arrayContaining(Object.values(TRANSFER_LANDMARKS)));
  expect(States.CleanUpDataSyncTask.Parameters.Payload.clean_up).toMatchObject({
    'data_sync_request.$': '$.plan.finish_request',
  });
  expect(States.AbandonBatches.Parameters.Payload).toMatchObject({ 'abandoned_batches.$': '$.plan.batches' });
});
