/** Making and starting tasks of AWS DataSync. */
import { taskInputOf } from '../../../src/adapters/aws/data-sync-options';
import { invalid } from './datasync-api';
import { useDataSyncTasks } from './datasync-tasks';

const REGION = 'eu-north-1';
const { api, bucket, madeBy, running, settings, task, tasksNamed, tasksWith, untilEnd } =
  useDataSyncTasks(REGION);
const made = () =>
  ['CreateLocationS3', 'CreateLocationEfs', 'CreateTask', 'StartTaskExecution'].map(
    (operation) => api.inputsOf(operation).length,
  );

test('a task has its locations, its name and the settings of its transfer', async () => {
  await running(task());
  expect(madeBy('CreateTask')).toEqual({
    SourceLocationArn: expect.stringContaining(':location/loc-'),
    DestinationLocationArn: expect.stringContaining(':location/loc-'),
    ...taskInputOf(task(), settings),
  });
});

describe('a repeated start', () => {
  test('returns the same task and its running execution', async () => {
    const first = await running(task());
    expect(await running(task())).toBe(first);
    expect(await tasksWith().resume(task().name)).toEqual({ status: 'RUNNING', executionArn: first });
    expect(made()).toEqual([1, 1, 1, 1]);
  });

  test('returns an ended execution and starts no second one', async () => {
    const first = await running(task());
    expect(await untilEnd(first)).toMatchObject({ status: 'SUCCESS' });
    expect(await running(task())).toBe(first);
    expect(made()).toEqual([1, 1, 1, 1]);
  });

  test.each(['CreateLocationEfs', 'CreateTask', 'StartTaskExecution'])(
    'makes nothing twice after a lost answer of %s',
    async (operation) => {
      let lost = 0;
      api.script(operation, async (_, real) => {
        if (lost++ > 0) return undefined;
        await real();
        return { status: 400, error: 'InternalFailureOnTheWay', body: { message: 'lost' } };
      });
      await expect(tasksWith().start(task())).rejects.toThrow('lost');
      await running(task());
      expect(await tasksNamed(task().name)).toHaveLength(1);
      // Only the call with the lost answer: the next attempt finds its result.
      expect(made()).toEqual([1, 1, 1, 1]);
    },
  );

  test('of two concurrent calls keeps one task', async () => {
    const started = await Promise.all([tasksWith().start(task()), tasksWith().start(task())]);
    expect(new Set(started.map((each) => 'executionArn' in each && each.executionArn)).size).toBe(1);
    expect(await tasksNamed(task().name)).toHaveLength(1);
  });

  test('returns the execution that another call has started meanwhile', async () => {
    await running(task({ name: `other-${bucket()}` }));
    let described = 0;
    api.script('DescribeTask', async (_, real) => {
      const answer = await real();
      const { CurrentTaskExecutionArn: __, ...body } = answer.body;
      return described++ === 0 ? { ...answer, body } : answer;
    });
    expect(await tasksWith().resume(`other-${bucket()}`)).toMatchObject({ status: 'RUNNING' });
    expect(api.inputsOf('StartTaskExecution')).toHaveLength(2);
  });
});

describe('a task that is not ready', () => {
  const withStatus = (fields: object) =>
    api.script('DescribeTask', async (_, real) => {
      const answer = await real();
      return { ...answer, body: { ...answer.body, ...fields } };
    });

  test('is described again', async () => {
    withStatus({ Status: 'CREATING' });
    expect(await tasksWith().start(task())).toEqual({ status: 'STARTING' });
    expect(api.inputsOf('StartTaskExecution')).toHaveLength(0);
    api.script('DescribeTask', async () => undefined);
    expect(await tasksWith().start(task())).toMatchObject({ status: 'RUNNING' });
    expect(made()).toEqual([1, 1, 1, 1]);
  });

  test("fails with DataSync's own words when it is unavailable", async () => {
    withStatus({
      Status: 'UNAVAILABLE',
      ErrorCode: 'MountFailed',
      ErrorDetail: 'no route to the mount target',
    });
    await expect(tasksWith().start(task())).rejects.toMatchObject({
      name: 'DataSyncTaskFailed',
      message: expect.stringMatching(/MountFailed: no route to the mount target.*security groups/),
    });
  });
});

test('a location that disappears before its task is made again', async () => {
  let calls = 0;
  api.script('CreateTask', async () => (calls++ === 0 ? invalid('Location loc-0 not found') : undefined));
  await running(task());
  expect(api.inputsOf('CreateTask')).toHaveLength(2);
});
