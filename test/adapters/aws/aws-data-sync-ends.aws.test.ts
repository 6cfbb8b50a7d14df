/** The ends of tasks of AWS DataSync, and their removal. */
import { type Answer, invalid } from './datasync-api';
import { useDataSyncTasks } from './datasync-tasks';

const REGION = 'eu-west-2';
const { api, running, task, tasksNamed, tasksWith, untilEnd } = useDataSyncTasks(REGION);

describe('an execution of a task', () => {
  const told = (body: object): Answer => ({ status: 200, body: body as Answer['body'] });

  test('runs, and ends', async () => {
    const arn = await running(task());
    expect((await tasksWith().describe(arn)).status).toBe('RUNNING');
    expect(await untilEnd(arn)).toEqual({
      status: 'SUCCESS',
      bytes: 0,
      transferred: 0,
      verified: 0,
      skipped: 0,
      failed: 0,
    });
  });

  test('has counts of files and bytes', async () => {
    api.script('DescribeTaskExecution', async () =>
      told({
        Status: 'VERIFYING',
        BytesWritten: 10,
        BytesTransferred: 12,
        FilesTransferred: 3,
        FilesVerified: 2,
        FilesSkipped: 1,
        FilesFailed: { Prepare: 1, Transfer: 2, Verify: 4, Delete: 8 },
      }),
    );
    expect(await tasksWith().describe('arn')).toEqual({
      status: 'RUNNING',
      bytes: 10,
      transferred: 3,
      verified: 2,
      skipped: 1,
      failed: 7,
    });
  });

  test('fails with a code and a detail', async () => {
    const Result = { ErrorCode: 'VerifyFailed', ErrorDetail: 'checksums differ' };
    api.script('DescribeTaskExecution', async () => told({ Status: 'ERROR', Result }));
    expect(await tasksWith().describe('arn')).toMatchObject({
      status: 'ERROR',
      error: { code: 'VerifyFailed', detail: 'checksums differ' },
    });
  });

  test('that does not exist any more fails with DataSyncTaskFailed', async () => {
    const arn = `arn:aws:datasync:${REGION}:111222333444:task/task-0/execution/exec-0`;
    await expect(tasksWith().describe(arn)).rejects.toMatchObject({ name: 'DataSyncTaskFailed' });
  });

  test('is described again after throttling', async () => {
    let calls = 0;
    api.script('DescribeTaskExecution', async () =>
      calls++ < 3
        ? { status: 400, error: 'ThrottlingException', body: { message: 'Rate exceeded' } }
        : told({ Status: 'SUCCESS' }),
    );
    expect((await tasksWith().describe('arn')).status).toBe('SUCCESS');
    expect(calls).toBe(4);
  });
});

describe('a removal', () => {
  test('removes the task and its locations, and succeeds again', async () => {
    await untilEnd(await running(task()));
    expect(await tasksWith().remove(task())).toBe(true);
    expect(await tasksNamed(task().name)).toEqual([]);
    expect(api.inputsOf('DeleteLocation')).toHaveLength(2);
    expect(await tasksWith().remove(task())).toBe(true);
    expect(api.inputsOf('CancelTaskExecution')).toHaveLength(0);
    await running(task());
    expect(api.inputsOf('CreateLocationS3')).toHaveLength(2);
  });

  test('removes a task that was made but not started', async () => {
    api.script('CreateTask', async () => invalid('no'));
    await expect(tasksWith().start(task())).rejects.toMatchObject({ name: 'InvalidRequestException' });
    expect(await tasksWith().remove(task())).toBe(true);
    expect(api.inputsOf('DeleteLocation')).toHaveLength(2);
  });

  test('removes a running task only after its cancellation', async () => {
    const arn = await running(task());
    let isStopping = true;
    api.script('DescribeTaskExecution', async (_, real) => {
      const answer = await real();
      return isStopping ? { ...answer, body: { ...answer.body, Status: 'CANCELLING' } } : answer;
    });
    api.script('CancelTaskExecution', async () => ({ status: 200, body: {} }));
    expect(await tasksWith().remove(task())).toBe(false);
    expect(api.inputsOf('DeleteTask')).toHaveLength(0);
    isStopping = false;
    api.script('CancelTaskExecution', async () => undefined);
    expect(await tasksWith().remove(task())).toBe(true);
    expect(api.inputsOf('CancelTaskExecution').at(-1)).toEqual({ TaskExecutionArn: arn });
    expect(await tasksNamed(task().name)).toEqual([]);
  });

  test('fails when DataSync refuses it', async () => {
    await untilEnd(await running(task()));
    api.script('DeleteTask', async () => invalid('task is busy'));
    await expect(tasksWith().remove(task())).rejects.toThrow('task is busy');
  });
});
