/** Making and starting tasks of AWS DataSync. */
import { invalid } from './datasync-api';
import { useDataSyncTasks } from './datasync-tasks';

const REGION = 'eu-north-1';
const { api, bucket, fileSystemId, madeBy, running, settings, task, tasksNamed, tasksWith, toS3, untilEnd } =
  useDataSyncTasks(REGION);
const made = () =>
  ['CreateLocationS3', 'CreateLocationEfs', 'CreateTask', 'StartTaskExecution'].map(
    (operation) => api.inputsOf(operation).length,
  );

describe('a task from S3 to EFS', () => {
  test('has the options of the transfer', async () => {
    await running(task());
    expect(madeBy('CreateLocationS3')).toMatchObject({
      S3BucketArn: `arn:aws:s3:::${bucket()}`,
      Subdirectory: 'in/',
      S3Config: { BucketAccessRoleArn: settings.bucketAccessRoleArn },
    });
    expect(madeBy('CreateLocationEfs')).toMatchObject({
      EfsFilesystemArn: `arn:aws:elasticfilesystem:${REGION}:111122223333:file-system/${fileSystemId()}`,
      Subdirectory: '/scratch/in/',
      AccessPointArn: settings.fileSystem?.accessPointArn,
      FileSystemAccessRoleArn: settings.fileSystem?.accessRoleArn,
      InTransitEncryption: 'TLS1_2',
      Ec2Config: {
        SubnetArn: settings.fileSystem?.subnetArn,
        SecurityGroupArns: settings.fileSystem?.securityGroupArns,
      },
    });
    expect(madeBy('CreateTask')).toEqual({
      SourceLocationArn: expect.stringContaining(':location/loc-'),
      DestinationLocationArn: expect.stringContaining(':location/loc-'),
      Name: `test-${bucket()}`,
      TaskMode: 'BASIC',
      Options: {
        VerifyMode: 'ONLY_FILES_TRANSFERRED',
        OverwriteMode: 'ALWAYS',
        TransferMode: 'CHANGED',
        PreserveDeletedFiles: 'PRESERVE',
        LogLevel: 'OFF',
        Uid: 'NONE',
        Gid: 'NONE',
        PosixPermissions: 'NONE',
        PreserveDevices: 'NONE',
        Mtime: 'PRESERVE',
        Atime: 'BEST_EFFORT',
      },
      ManifestConfig: {
        Action: 'TRANSFER',
        Format: 'CSV',
        Source: {
          S3: {
            S3BucketArn: 'arn:aws:s3:::temp',
            ManifestObjectPath: 'manifests/one.csv',
            BucketAccessRoleArn: settings.bucketAccessRoleArn,
          },
        },
      },
    });
  });

  test('logs to the configured group, and transfers all files when forced', async () => {
    const logGroupArn = `arn:aws:logs:${REGION}:111122223333:log-group:datasync`;
    await running(task({ transferAll: true }), tasksWith({ logGroupArn }));
    expect(madeBy('CreateTask')).toMatchObject({
      CloudWatchLogGroupArn: logGroupArn,
      Options: { LogLevel: 'TRANSFER', TransferMode: 'ALL' },
    });
  });
});

test('a task between buckets has Enhanced mode, no POSIX options and no log group', async () => {
  await running(task({ destination: toS3() }), tasksWith({ logGroupArn: 'arn:aws:logs:group' }));
  expect(madeBy('CreateTask')).toMatchObject({ TaskMode: 'ENHANCED', Options: { LogLevel: 'TRANSFER' } });
  expect(madeBy('CreateTask')).not.toHaveProperty('CloudWatchLogGroupArn');
  expect(madeBy('CreateTask')?.Options).not.toHaveProperty('Uid');
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

test('other settings make other locations', async () => {
  await running(task());
  const name = `${task().name}-2`;
  await running(task({ name }), tasksWith({ bucketAccessRoleArn: 'arn:aws:iam::111122223333:role/new' }));
  expect(api.inputsOf('CreateLocationS3')).toHaveLength(2);
  expect(api.inputsOf('CreateLocationEfs')).toHaveLength(1);
});
