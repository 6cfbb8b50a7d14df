import { AwsDataSync } from '../../../src/adapters/aws/aws-data-sync';
import type { DataSyncTask } from '../../../src/transfer/datasync/model';
import type { DataSyncSettings } from '../../../src/transfer/datasync/settings';
import { type Answer, invalid, useDataSyncApi } from './datasync-api';

const REGION = 'eu-north-1';
const SETTINGS: DataSyncSettings = {
  envBase: 'test',
  region: REGION,
  accountId: '111122223333',
  bucketAccessRoleArn: 'arn:aws:iam::111122223333:role/buckets',
  fileSystem: {
    accessRoleArn: 'arn:aws:iam::111122223333:role/files',
    subnetArn: 'arn:aws:ec2:eu-north-1:111122223333:subnet/subnet-1',
    securityGroupArns: ['arn:aws:ec2:eu-north-1:111122223333:security-group/sg-1'],
    accessPointArn: 'arn:aws:elasticfilesystem:eu-north-1:111122223333:access-point/fsap-12345678',
  },
  fromBytes: 1,
  fromFiles: 1,
};

const api = useDataSyncApi();
const tasksWith = (changes: Partial<DataSyncSettings> = {}) =>
  new AwsDataSync(api.client(REGION), { ...SETTINGS, ...changes });

let bucket: string;
let count = 0;
beforeEach(() => {
  bucket = `bucket-${count++}`;
});
const task = (changes: Partial<DataSyncTask> = {}): DataSyncTask => ({
  name: `test-${bucket}`,
  source: { kind: 's3', bucket, subdirectory: 'in/' },
  destination: { kind: 'efs', fileSystemId: `fs-${count}`, subdirectory: '/scratch/in/' },
  manifestUri: 's3://temp/manifests/one.csv',
  transferAll: false,
  ...changes,
});

const toS3 = () => ({ kind: 's3', bucket: `${bucket}-out`, subdirectory: '' }) as const;
const madeBy = (operation: string) => api.inputsOf(operation)[0];
const made = () =>
  ['CreateLocationS3', 'CreateLocationEfs', 'CreateTask', 'StartTaskExecution'].map(
    (operation) => api.inputsOf(operation).length,
  );
async function running(of: DataSyncTask, tasks = tasksWith()): Promise<string> {
  const started = await tasks.start(of);
  if (started.status !== 'RUNNING') throw new Error(`is ${started.status}`);
  return started.executionArn;
}
async function untilEnd(executionArn: string) {
  for (;;) {
    const execution = await tasksWith().describe(executionArn);
    if (execution.status !== 'RUNNING') return execution;
  }
}

describe('a task from S3 to EFS', () => {
  test('is made as it has to be', async () => {
    await running(task());
    expect(madeBy('CreateLocationS3')).toMatchObject({
      S3BucketArn: `arn:aws:s3:::${bucket}`,
      Subdirectory: 'in/',
      S3Config: { BucketAccessRoleArn: SETTINGS.bucketAccessRoleArn },
    });
    expect(madeBy('CreateLocationEfs')).toMatchObject({
      EfsFilesystemArn: `arn:aws:elasticfilesystem:${REGION}:111122223333:file-system/fs-${count}`,
      Subdirectory: '/scratch/in/',
      AccessPointArn: SETTINGS.fileSystem?.accessPointArn,
      FileSystemAccessRoleArn: SETTINGS.fileSystem?.accessRoleArn,
      InTransitEncryption: 'TLS1_2',
      Ec2Config: {
        SubnetArn: SETTINGS.fileSystem?.subnetArn,
        SecurityGroupArns: SETTINGS.fileSystem?.securityGroupArns,
      },
    });
    expect(madeBy('CreateTask')).toEqual({
      SourceLocationArn: expect.stringContaining(':location/loc-'),
      DestinationLocationArn: expect.stringContaining(':location/loc-'),
      Name: `test-${bucket}`,
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
            BucketAccessRoleArn: SETTINGS.bucketAccessRoleArn,
          },
        },
      },
    });
  });

  test('logs where a group is configured, and transfers all when forced', async () => {
    const logGroupArn = `arn:aws:logs:${REGION}:111122223333:log-group:datasync`;
    await running(task({ transferAll: true }), tasksWith({ logGroupArn }));
    expect(madeBy('CreateTask')).toMatchObject({
      CloudWatchLogGroupArn: logGroupArn,
      Options: { LogLevel: 'TRANSFER', TransferMode: 'ALL' },
    });
  });
});

test('between buckets it is in Enhanced mode, with neither POSIX options nor a log group of its own', async () => {
  await running(task({ destination: toS3() }), tasksWith({ logGroupArn: 'arn:aws:logs:group' }));
  expect(madeBy('CreateTask')).toMatchObject({ TaskMode: 'ENHANCED', Options: { LogLevel: 'TRANSFER' } });
  expect(madeBy('CreateTask')).not.toHaveProperty('CloudWatchLogGroupArn');
  expect(madeBy('CreateTask')?.Options).not.toHaveProperty('Uid');
});

describe('started again', () => {
  test('it is the same task, and the execution that runs', async () => {
    const first = await running(task());
    expect(await running(task())).toBe(first);
    expect(await tasksWith().resume(task().name)).toEqual({ status: 'RUNNING', executionArn: first });
    expect(made()).toEqual([1, 1, 1, 1]);
  });

  test('also when its execution is over: it is not run twice', async () => {
    const first = await running(task());
    expect(await untilEnd(first)).toMatchObject({ status: 'SUCCESS' });
    expect(await running(task())).toBe(first);
    expect(made()).toEqual([1, 1, 1, 1]);
  });

  test.each(['CreateLocationEfs', 'CreateTask', 'StartTaskExecution'])(
    'after the answer of %s was lost, nothing is made twice',
    async (operation) => {
      let lost = 0;
      api.script(operation, async (_, real) => {
        if (lost++ > 0) return undefined;
        await real();
        return { status: 400, error: 'InternalFailureOnTheWay', body: { message: 'lost' } };
      });
      await expect(tasksWith().start(task())).rejects.toThrow('lost');
      await running(task());
      const { Tasks } = await tasksNamed(task().name);
      expect(Tasks).toHaveLength(1);
      // The lost call and no other after it, where what it had made could be found.
      expect(made()).toEqual([1, 1, 1, 1]);
    },
  );

  test('twice at once it is one task in the end', async () => {
    const started = await Promise.all([tasksWith().start(task()), tasksWith().start(task())]);
    expect(new Set(started.map((each) => 'executionArn' in each && each.executionArn)).size).toBe(1);
    expect((await tasksNamed(task().name)).Tasks).toHaveLength(1);
  });

  test('where another caller has started it since it was described', async () => {
    await running(task({ name: `other-${bucket}` }));
    let described = 0;
    api.script('DescribeTask', async (_, real) => {
      const answer = await real();
      const { CurrentTaskExecutionArn: __, ...body } = answer.body;
      return described++ === 0 ? { ...answer, body } : answer;
    });
    expect(await tasksWith().resume(`other-${bucket}`)).toMatchObject({ status: 'RUNNING' });
    expect(api.inputsOf('StartTaskExecution')).toHaveLength(2);
  });
});

async function tasksNamed(name: string): Promise<{ Tasks: unknown[] }> {
  const { ListTasksCommand } = await import('@aws-sdk/client-datasync');
  const { Tasks = [] } = await api.client(REGION).send(new ListTasksCommand({}));
  return { Tasks: Tasks.filter(({ Name }) => Name === name) };
}

describe('a task that is not ready', () => {
  const withStatus = (fields: object) =>
    api.script('DescribeTask', async (_, real) => {
      const answer = await real();
      return { ...answer, body: { ...answer.body, ...fields } };
    });

  test('is asked for again', async () => {
    withStatus({ Status: 'CREATING' });
    expect(await tasksWith().start(task())).toEqual({ status: 'STARTING' });
    expect(api.inputsOf('StartTaskExecution')).toHaveLength(0);
    api.script('DescribeTask', async () => undefined);
    expect(await tasksWith().start(task())).toMatchObject({ status: 'RUNNING' });
    expect(made()).toEqual([1, 1, 1, 1]);
  });

  test('and never will be is told in the words of DataSync', async () => {
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

describe('an execution', () => {
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

  test('is counted', async () => {
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

  test('fails with a code and words', async () => {
    const Result = { ErrorCode: 'VerifyFailed', ErrorDetail: 'checksums differ' };
    api.script('DescribeTaskExecution', async () => told({ Status: 'ERROR', Result }));
    expect(await tasksWith().describe('arn')).toMatchObject({
      status: 'ERROR',
      error: { code: 'VerifyFailed', detail: 'checksums differ' },
    });
  });

  test('that is gone is told', async () => {
    const arn = `arn:aws:datasync:${REGION}:111222333444:task/task-0/execution/exec-0`;
    await expect(tasksWith().describe(arn)).rejects.toMatchObject({ name: 'DataSyncTaskFailed' });
  });

  test('is asked for again when the account is throttled', async () => {
    let calls = 0;
    api.script('DescribeTaskExecution', async () =>
      calls++ < 3
        ? { status: 400, error: 'ThrottlingException', body: { message: 'Rate exceeded' } }
        : told({ Status: 'SUCCESS' }),
    );
    expect((await tasksWith().describe('arn')).status).toBe('SUCCESS');
    expect(calls).toBe(4);
  }, 30_000);
});

describe('removed', () => {
  test('are task and locations, and again is no error', async () => {
    await untilEnd(await running(task()));
    expect(await tasksWith().remove(task())).toBe(true);
    expect((await tasksNamed(task().name)).Tasks).toEqual([]);
    expect(api.inputsOf('DeleteLocation')).toHaveLength(2);
    expect(await tasksWith().remove(task())).toBe(true);
    expect(api.inputsOf('CancelTaskExecution')).toHaveLength(0);
    await running(task());
    expect(api.inputsOf('CreateLocationS3')).toHaveLength(2);
  });

  test('is what was begun and not finished', async () => {
    api.script('CreateTask', async () => invalid('no'));
    await expect(tasksWith().start(task())).rejects.toMatchObject({ name: 'InvalidRequestException' });
    expect(await tasksWith().remove(task())).toBe(true);
    expect(api.inputsOf('DeleteLocation')).toHaveLength(2);
  });

  test('is no location that another task needs, until that is removed', async () => {
    const other = task({ name: `test-${bucket}-other`, destination: toS3() });
    await untilEnd(await running(task()));
    await untilEnd(await running(other));
    expect(api.inputsOf('CreateLocationS3')).toHaveLength(2);
    const shared = api.inputsOf('CreateTask').map(({ SourceLocationArn }) => SourceLocationArn);
    expect(new Set(shared).size).toBe(1);
    await tasksWith().remove(task());
    const deleted = () => api.inputsOf('DeleteLocation').map(({ LocationArn }) => LocationArn);
    expect(deleted()).toHaveLength(1);
    expect(deleted()).not.toContain(shared[0]);
    await tasksWith().remove(other);
    expect(deleted()).toContain(shared[0]);
  });

  test('is no location of somebody else, nor is it used', async () => {
    const { CreateLocationS3Command, DescribeLocationS3Command } = await import('@aws-sdk/client-datasync');
    const theirs = await api.client(REGION).send(
      new CreateLocationS3Command({
        S3BucketArn: `arn:aws:s3:::${bucket}`,
        Subdirectory: 'in/',
        S3Config: { BucketAccessRoleArn: SETTINGS.bucketAccessRoleArn },
      }),
    );
    await untilEnd(await running(task()));
    expect(madeBy('CreateTask')?.SourceLocationArn).not.toBe(theirs.LocationArn);
    await tasksWith().remove(task());
    const described = await api
      .client(REGION)
      .send(new DescribeLocationS3Command({ LocationArn: theirs.LocationArn }));
    expect(described.LocationUri).toBe(`s3://${bucket}/in/`);
  });

  test('is what runs only after it was stopped', async () => {
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
    expect((await tasksNamed(task().name)).Tasks).toEqual([]);
  });

  test('is no location that came to be needed, or went away, a moment ago', async () => {
    await untilEnd(await running(task()));
    api.script('DeleteLocation', async () => invalid('in use by a task'));
    expect(await tasksWith().remove(task())).toBe(true);
    expect(api.inputsOf('DeleteLocation')).toHaveLength(2);
    api.script('DeleteLocation', async () => undefined);
    api.script('ListTagsForResource', async () => invalid('not found'));
    expect(await tasksWith().remove(task())).toBe(true);
    expect(api.inputsOf('DeleteLocation')).toHaveLength(2);
    api.script('DeleteLocation', async () => ({ status: 400, error: 'AccessDeniedException', body: {} }));
    api.script('ListTagsForResource', async () => undefined);
    await expect(tasksWith().remove(task())).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('is told when DataSync refuses to', async () => {
    await untilEnd(await running(task()));
    api.script('DeleteTask', async () => invalid('task is busy'));
    await expect(tasksWith().remove(task())).rejects.toThrow('task is busy');
  });
});

test('a location that goes away before its task is made is made again', async () => {
  let calls = 0;
  api.script('CreateTask', async () => (calls++ === 0 ? invalid('Location loc-0 not found') : undefined));
  await running(task());
  expect(api.inputsOf('CreateTask')).toHaveLength(2);
});

test('other settings are other locations', async () => {
  await running(task());
  const name = `${task().name}-2`;
  await running(task({ name }), tasksWith({ bucketAccessRoleArn: 'arn:aws:iam::111122223333:role/new' }));
  expect(api.inputsOf('CreateLocationS3')).toHaveLength(2);
  expect(api.inputsOf('CreateLocationEfs')).toHaveLength(1);
});
