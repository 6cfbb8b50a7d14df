/** What fails while AWS DataSync copies, and what is left of it then. */
import type { Answer } from '../adapters/aws/datasync-api';
import { NOTHING_LEFT, useDataSyncMachine } from './data-sync-machine';

const { api, copying, keys, leftOver, run } = useDataSyncMachine('eu-south-2');

function failing(Result = { ErrorCode: 'OpNotSupp', ErrorDetail: 'chown was refused' }): void {
  api.script('DescribeTaskExecution', async () => ({ status: 200, body: { Status: 'ERROR', Result } }));
}

const isCleanUp = (event: unknown) => 'clean_up' in (event as object);

test('a failing task is cleaned up, and its cause is the cause', async () => {
  failing();
  const { outcome, states } = await run();
  expect(outcome).toMatchObject({
    status: 'FAILED',
    error: 'DataSyncTaskFailed',
    cause: expect.stringContaining('OpNotSupp: chown was refused'),
  });
  expect(states.slice(-2)).toEqual(['DataSyncTaskStopped', 'DataSyncFailed']);
  expect(states).not.toContain('Finish');
  expect(await keys('out/')).toEqual(['out/stale.txt']);
  expect(await leftOver()).toEqual(NOTHING_LEFT);
});

test('a start that was cut off after all was done is repeated, and starts nothing twice', async () => {
  copying();
  let starts = 0;
  const after = (event: unknown) => {
    if ('start' in (event as object) && starts++ === 0) throw named('Sandbox.Timedout', 'ran out of time');
  };
  const { outcome } = await run({}, { after });
  expect(outcome.status).toBe('SUCCEEDED');
  expect(starts).toBe(2);
  expect(api.inputsOf('CreateTask')).toHaveLength(1);
  expect(api.inputsOf('StartTaskExecution')).toHaveLength(1);
  expect(await leftOver()).toEqual(NOTHING_LEFT);
}, 30_000);

test('a start that fails for good leaves nothing of what it had made', async () => {
  api.script('StartTaskExecution', async () => denied('StartTaskExecution'));
  const { outcome } = await run();
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'AccessDeniedException' });
  expect(await leftOver()).toEqual(NOTHING_LEFT);
});

test('a poll that fails for good stops what runs', async () => {
  let polls = 0;
  api.script('DescribeTaskExecution', async () =>
    polls++ === 0 ? denied('DescribeTaskExecution') : undefined,
  );
  const { outcome } = await run();
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'AccessDeniedException' });
  expect(api.inputsOf('CancelTaskExecution')).toHaveLength(1);
  expect(await leftOver()).toEqual(NOTHING_LEFT);
});

test('what cannot be cleaned up does not hide the first cause', async () => {
  failing();
  const before = (event: unknown) => {
    if (isCleanUp(event)) throw named('AccessDeniedException', 'may not delete');
  };
  const { outcome } = await run({}, { before });
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'DataSyncTaskFailed' });
});

test('a clean-up that fails after the copy is a failure, and is tried once more', async () => {
  copying();
  let times = 0;
  const before = (event: unknown) => {
    if (isCleanUp(event) && times++ === 0) throw named('AccessDeniedException', 'may not delete');
  };
  const { outcome } = await run({}, { before });
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'AccessDeniedException' });
  expect(await leftOver()).toEqual(NOTHING_LEFT);
}, 30_000);

test('a task that is being stopped is waited for', async () => {
  let asked = 0;
  api.script('DescribeTaskExecution', async (_, real) => {
    // The poll, and the first round of stopping: twice, before and after the cancelling.
    if (asked++ === 0) return denied('DescribeTaskExecution');
    return asked < 4 ? { status: 200, body: { Status: 'CANCELLING' } } : real();
  });
  const { outcome, states, waits } = await run();
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'AccessDeniedException' });
  expect(states.filter((state) => state === 'StopDataSyncTask')).toHaveLength(2);
  expect(waits.slice(-2)).toEqual([15, 0]);
  expect(await leftOver()).toEqual(NOTHING_LEFT);
});

function denied(operation: string): Answer {
  return { status: 400, error: 'AccessDeniedException', body: { message: `may not ${operation}` } };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
