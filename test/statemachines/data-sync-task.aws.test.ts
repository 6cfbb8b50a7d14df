/** The branch of the data-sync machine in which AWS DataSync copies. */
import { NOTHING_LEFT, useDataSyncMachine } from './data-sync-machine';

const { api, copying, keys, leftOver, put, run } = useDataSyncMachine('eu-south-1');

test('DataSync copies, then the machine mirrors and removes the source', async () => {
  copying();
  const { outcome, states, waits } = await run({ retain_source_data: false });
  expect(outcome).toEqual({
    status: 'SUCCEEDED',
    output: { result: { bytes_transferred: 12, files_transferred: 3 } },
  });
  expect(await keys('out/')).toEqual(['out/a.txt', 'out/b/c.txt', 'out/d.txt']);
  expect(await keys('in/')).toEqual(['in/e.log']);
  expect(states).not.toContain('SyncBatches');
  expect(states.slice(1, 5)).toEqual([
    'PlanDataSync',
    'ChooseEngine',
    'BeginDataSyncTask',
    'StartDataSyncTask',
  ]);
  // moto goes through five states, one for each call.
  expect(states.filter((state) => state === 'PollDataSyncTask')).toHaveLength(5);
  expect(waits[0]).toBe(15);
  expect(await leftOver()).toEqual(NOTHING_LEFT);
});

test('existing files are not copied, but mirrored', async () => {
  await put('out/a.txt', 'out/b/c.txt', 'out/d.txt');
  const { outcome, states } = await run({ size_only: true });
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { result: { files_transferred: 0 } } });
  expect(states).not.toContain('PollDataSyncTask');
  expect(await keys('out/')).toEqual(['out/a.txt', 'out/b/c.txt', 'out/d.txt']);
  expect(await leftOver()).toEqual(NOTHING_LEFT);
});

test('functions copy below the limits of DataSync', async () => {
  const { outcome, states } = await run({ filter_config: { include: '[ad].*' } });
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { result: { files_transferred: 2 } } });
  expect(states).toContain('SyncBatches');
  expect(api.asked).toEqual([]);
});

test('a task starts as soon as it is ready', async () => {
  copying();
  let described = 0;
  api.script('DescribeTask', async (_, real) => {
    const answer = await real();
    return described++ < 2 ? { ...answer, body: { ...answer.body, Status: 'CREATING' } } : answer;
  });
  const { outcome, states } = await run();
  expect(outcome.status).toBe('SUCCEEDED');
  expect(states.filter((state) => state === 'StartDataSyncTask')).toHaveLength(3);
  expect(api.inputsOf('StartTaskExecution')).toHaveLength(1);
});

describe('a listing that DataSync cannot copy', () => {
  const name = `in/${'x'.repeat(256)}.txt`;

  test('is copied by functions', async () => {
    await put(name);
    const { outcome, states } = await run();
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { result: { files_transferred: 4 } } });
    expect(states).toEqual(expect.arrayContaining(['StartDataSyncTask', 'LeaveToLambda', 'SyncBatches']));
    expect(await keys('out/')).toHaveLength(4);
    expect(api.inputsOf('CreateTask')).toEqual([]);
  });

  test('is refused when the request asks for DataSync', async () => {
    await put(name);
    const { outcome } = await run({ engine: 'datasync' });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'DemandValidationError' });
    expect(await keys('out/')).toEqual(['out/stale.txt']);
  });
});
