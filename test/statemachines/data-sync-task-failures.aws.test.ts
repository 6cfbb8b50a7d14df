/** Failures of the data-sync machine while AWS DataSync copies, and the resources that they leave. */
import type { Answer } from '../adapters/aws/datasync-api';
import { NOTHING_LEFT, useDataSyncMachine } from './data-sync-machine';

const { api, copying, keys, leftOver, run } = useDataSyncMachine('eu-south-2');

function failing(Result = { ErrorCode: 'OpNotSupp', ErrorDetail: 'chown was refused' }): void {
  api.script('DescribeTaskExecution', async () => ({ status: 200, body: { Status: 'ERROR', Result } }));
}

const isCleanUp = (event: unknown) => 'clean_up' in (event as object);

test('a failed task is cleaned up, and the execution has its cause', async () => {
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

test('a start with a lost answer is repeated, and starts nothing twice', async () => {
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
});

test('a start that fails in every attempt leaves nothing', async () => {
  api.script('StartTaskExecution', async () => denied('StartTaskExecution'));
  const { outcome } = await run();
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'AccessDeniedException' });
  expect(await leftOver()).toEqual(NOTHING_LEFT);
});

test('a poll that fails in every attempt stops the task', async () => {
  let polls = 0;
  api.script('DescribeTaskExecution', async () =>
    polls++ === 0 ? denied('DescribeTaskExecution') : undefined,
  );
  const { outcome } = await run();
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'AccessDeniedException' });
  expect(api.inputsOf('CancelTaskExecution')).toHaveLength(1);
  expect(await leftOver()).toEqual(NOTHING_LEFT);
});

test('a failed clean-up does not hide the first cause', async () => {
  failing();
  const before = (event: unknown) => {
    if (isCleanUp(event)) throw named('AccessDeniedException', 'may not delete');
  };
  const { outcome } = await run({}, { before });
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'DataSyncTaskFailed' });
});

test('a clean-up that fails after the copy fails the execution, and is tried once more', async () => {
  copying();
  let times = 0;
  const before = (event: unknown) => {
    if (isCleanUp(event) && times++ === 0) throw named('AccessDeniedException', 'may not delete');
  };
  const { outcome } = await run({}, { before });
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'AccessDeniedException' });
  expect(await leftOver()).toEqual(NOTHING_LEFT);
});

test('the machine waits for a task that is being stopped', async () => {
  let asked = 0;
  api.script('DescribeTaskExecution', async (_, real) => {
    // The poll fails. The first round of stopping describes the task twice, before and after the cancellation.
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
