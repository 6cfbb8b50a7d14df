import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AwsDataSync } from '../../src/adapters/aws/aws-data-sync';
import { writeTextObject } from '../../src/adapters/s3/text-object';
import { awsStores } from '../../src/adapters/stores';
import { UNRESTRICTED } from '../../src/rules/model';
import {
  type DataSyncTaskSettings,
  type DataSyncTaskWorld,
  dataSyncTask,
} from '../../src/steps/data-sync-task';
import { readDataSyncSettings } from '../../src/transfer/datasync/settings';
import { type Location, textOf } from '../../src/transfer/location';
import { useDataSyncApi } from '../adapters/aws/datasync-api';
import { endpoint } from '../api/endpoint';
import { useFolder } from '../transfer/folders';

const REGION = 'eu-west-3';
const ENVIRONMENT = {
  ENV_BASE: 'test',
  AWS_REGION: REGION,
  DATASYNC_ENABLED: 'true',
  DATASYNC_BUCKET_ACCESS_ROLE_ARN: 'arn:aws:iam::111122223333:role/buckets',
};

const api = useDataSyncApi();
const folder = useFolder();
const s3Client = new S3Client({ region: 'us-east-1', endpoint: endpoint(), forcePathStyle: true });
const signal = new AbortController().signal;
const bucket = `task-${randomUUID()}`;
const manifestFolder = `s3://${bucket}/manifests`;
let execution: string;

beforeAll(async () => {
  await s3Client.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const Key of ['in/a.txt', 'in/b/c.txt', 'in/b/d.log', `long/${'x'.repeat(256)}`, 'long/y'])
    await s3Client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: '1' }));
});
beforeEach(() => {
  execution = `execution-${randomUUID()}`;
});

const world = ({
  settings = {},
  ...changes
}: Partial<Omit<DataSyncTaskWorld, 'settings'>> & {
  settings?: Partial<DataSyncTaskSettings>;
} = {}): DataSyncTaskWorld => ({
  stores: awsStores(s3Client, []),
  signal,
  settings: {
    mounts: [],
    dataSync: readDataSyncSettings(ENVIRONMENT),
    manifestFolder,
    rules: UNRESTRICTED,
    ...settings,
  },
  openTasks: (settings) => new AwsDataSync(api.client(REGION), settings),
  writeText: (location, content) => writeTextObject(s3Client, location, content, { signal }),
  ...changes,
});
const transfer = (fields: object = {}, wait_seconds = 0) => ({
  data_sync_request: { source_path: `s3://${bucket}/in/`, destination_path: 's3://other/out/', ...fields },
  execution,
  wait_seconds,
});
const start = (fields: object = {}, wait = 0, at = world()) =>
  dataSyncTask({ start: transfer(fields, wait) }, at);
const poll = (task_execution_arn: string, wait_seconds = 15) =>
  dataSyncTask({ poll: { task_execution_arn, wait_seconds } }, world());
const cleanUp = (fields: object = {}, wait = 0) =>
  dataSyncTask({ clean_up: transfer(fields, wait) }, world());

function manifestKey(): string {
  const { ManifestConfig } = api.inputsOf('CreateTask')[0] as {
    ManifestConfig: { Source: { S3: { ManifestObjectPath: string } } };
  };
  return ManifestConfig.Source.S3.ManifestObjectPath;
}
async function manifest(): Promise<string | undefined> {
  const { Body } = await s3Client.send(new GetObjectCommand({ Bucket: bucket, Key: manifestKey() }));
  return Body?.transformToString();
}

async function toTheEnd(arn: string) {
  for (;;) {
    const answer = await poll(arn);
    if (answer.status !== 'RUNNING') return answer;
  }
}

describe('start', () => {
  test('makes a manifest of the filtered files, and a task that reads it', async () => {
    const answer = await start({ filter_config: { include: '.*\\.txt' } });
    expect(answer).toEqual({
      status: 'RUNNING',
      wait_seconds: 15,
      task_execution_arn: expect.stringContaining(':task/task-'),
      results: [{ bytes_transferred: 0, files_transferred: 0 }],
    });
    expect(await manifest()).toBe('"a.txt"\n"b/c.txt"\n');
    expect(api.inputsOf('CreateTask')[0]?.Name).toMatch(/^test-[0-9a-f]{64}$/);
  });

  test('gives the same answer in a second call, without a listing', async () => {
    const first = await start();
    const written: string[] = [];
    const writeText = async (location: Location) => void written.push(textOf(location));
    expect(await start({}, 0, world({ writeText }))).toEqual(first);
    expect(written).toEqual([]);
    expect(api.inputsOf('CreateTask')).toHaveLength(1);
  });

  test('makes another task for another request or execution', async () => {
    const one = await start();
    const two = await start({ force: true });
    execution = 'another';
    const three = await start();
    const arns = [one, two, three].map(
      (answer) => 'task_execution_arn' in answer && answer.task_execution_arn,
    );
    expect(new Set(arns).size).toBe(3);
  });

  test('continues after a call that has only written the manifest', async () => {
    let isBroken = true;
    api.script('CreateTask', async () =>
      isBroken ? { status: 400, error: 'AccessDeniedException', body: { message: 'no' } } : undefined,
    );
    await expect(start()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    isBroken = false;
    const writeText = async () => {
      throw new Error('written twice');
    };
    expect(await start({}, 0, world({ writeText }))).toMatchObject({ status: 'RUNNING' });
  });

  test.each([
    [0, 15],
    [15, 18],
    [590, 600],
  ])('of a task that is not ready, after %i seconds, waits %i more', async (waited, wait_seconds) => {
    neverReady();
    expect(await start({}, waited)).toMatchObject({ status: 'STARTING', wait_seconds });
  });

  test('fails after an hour when the task is not ready', async () => {
    neverReady();
    await expect(start({}, 600)).rejects.toMatchObject({ name: 'DataSyncTaskFailed' });
  });

  const neverReady = () =>
    api.script('DescribeTask', async (_, real) => {
      const answer = await real();
      return { ...answer, body: { ...answer.body, Status: 'CREATING' } };
    });

  test('is not possible for files that DataSync would copy differently, and makes nothing', async () => {
    const long = { source_path: `s3://${bucket}/long/` };
    expect(await start(long)).toMatchObject({
      status: 'NOT_POSSIBLE',
      because: expect.stringMatching(/255/),
    });
    await expect(start({ ...long, engine: 'datasync' })).rejects.toMatchObject({
      name: 'DemandValidationError',
      message: expect.stringMatching(/^\/engine: "datasync" is not possible: .*255 bytes/),
    });
    expect(api.asked.filter(({ operation }) => operation.startsWith('Create'))).toEqual([]);
  });

  test('makes an empty destination folder for DataSync', async () => {
    const mounts = [{ path: folder.path, fileSystemId: 'fs-1', root: '/' }];
    const dataSync = readDataSyncSettings({
      ...ENVIRONMENT,
      DATASYNC_FILE_SYSTEM_ACCESS_ROLE_ARN: 'arn:aws:iam::111122223333:role/files',
      DATASYNC_SUBNET_ID: 'subnet-1',
      DATASYNC_SECURITY_GROUP_IDS: 'sg-1',
    });
    const at = world({ settings: { mounts, dataSync }, stores: awsStores(s3Client, mounts) });
    api.script('CreateLocationEfs', async () => {
      expect(readdirSync(join(folder.path, 'scratch/new'))).toEqual([]);
      return undefined;
    });
    await start({ destination_path: 'fs-1:/scratch/new' }, 0, at);
    expect(api.inputsOf('CreateLocationEfs')[0]).toMatchObject({ Subdirectory: '/scratch/new/' });
  });

  test('makes no task for unchanged files, also in a second call', async () => {
    const same = { destination_path: `s3://${bucket}/in/`, size_only: true, delete: false };
    expect(await start(same)).toMatchObject({ status: 'DONE', task_execution_arn: '' });
    expect(await start(same)).toMatchObject({ status: 'DONE' });
    expect(api.inputsOf('CreateTask')).toEqual([]);
    expect(await start({ ...same, force: true })).toMatchObject({ status: 'RUNNING' });
    expect(api.inputsOf('CreateTask')[0]?.Options).toMatchObject({ TransferMode: 'ALL' });
  });

  test.each([
    ['DataSourceMissing', { source_path: `s3://${bucket}/nothing/` }, /There is nothing at/],
    ['FilterMatchesNothing', { filter_config: { include: 'none' } }, /None of the 3/],
    ['DemandValidationError', { require_lock: true }, /require_lock/],
  ])('tells %s before anything is made', async (name, fields, message) => {
    await expect(start(fields)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
    expect(api.asked.filter(({ operation }) => operation.startsWith('Create'))).toEqual([]);
  });
});

describe('poll', () => {
  const scripted = (body: object) =>
    api.script('DescribeTaskExecution', async () => ({ status: 200, body: body as Record<string, unknown> }));

  test('waits longer each time, has the counts, and gives the same answer twice', async () => {
    scripted({ Status: 'TRANSFERRING', BytesWritten: 5, FilesTransferred: 2 });
    const answer = await poll('arn', 15);
    expect(answer).toEqual({
      status: 'RUNNING',
      wait_seconds: 18,
      task_execution_arn: 'arn',
      results: [{ bytes_transferred: 5, files_transferred: 2 }],
    });
    expect(await poll('arn', 15)).toEqual(answer);
    scripted({ Status: 'SUCCESS', BytesWritten: 9, FilesTransferred: 3 });
    expect(await poll('arn', 18)).toEqual({
      status: 'DONE',
      wait_seconds: 0,
      task_execution_arn: 'arn',
      results: [{ bytes_transferred: 9, files_transferred: 3 }],
    });
  });

  test('for 14 days has fewer events than the limit of an execution', async () => {
    scripted({ Status: 'TRANSFERRING' });
    let [seconds, events, wait] = [0, 0, 15];
    while (seconds < 14 * 86_400) {
      seconds += wait;
      events += 9;
      // The longest wait repeats.
      wait = wait === 600 ? 600 : ((await poll('arn', wait)) as { wait_seconds: number }).wait_seconds;
    }
    expect(events).toBeLessThan(20_000);
  });

  test.each([
    [
      'an error',
      { Status: 'ERROR', Result: { ErrorCode: 'OpNotSupp', ErrorDetail: 'chown was refused' } },
      /ended with ERROR: OpNotSupp: chown was refused/,
    ],
    ['an error without a code', { Status: 'ERROR' }, /it gave no code/],
    ['failed files', { Status: 'SUCCESS', FilesFailed: { Transfer: 2 } }, /2 file\(s\) failed/],
  ])('tells %s', async (_, body, message) => {
    scripted(body);
    await expect(poll('arn')).rejects.toMatchObject({
      name: 'DataSyncTaskFailed',
      message: expect.stringMatching(message),
    });
  });
});

describe('clean_up', () => {
  test('removes everything, also in a second call, and the transfer can start again', async () => {
    const { task_execution_arn: arn } = (await start()) as unknown as { task_execution_arn: string };
    await toTheEnd(arn);
    expect(await cleanUp()).toEqual({ status: 'DONE', wait_seconds: 0 });
    await expect(manifest()).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await cleanUp()).toEqual({ status: 'DONE', wait_seconds: 0 });
    expect(await start()).not.toMatchObject({ task_execution_arn: arn });
  });

  test('of a transfer that never started is no error', async () => {
    expect(await cleanUp()).toEqual({ status: 'DONE', wait_seconds: 0 });
  });

  test('is INCOMPLETE while the task stops, and fails after an hour', async () => {
    await start();
    api.script('DescribeTaskExecution', async () => ({ status: 200, body: { Status: 'CANCELLING' } }));
    expect(await cleanUp({}, 15)).toEqual({ status: 'INCOMPLETE', wait_seconds: 18 });
    expect(await manifest()).toContain('a.txt');
    await expect(cleanUp({}, 600)).rejects.toMatchObject({ name: 'DataSyncTaskFailed' });
  });
});

test.each([
  ['an event without an operation', {}, /Give "start", "poll" or "clean_up"/],
  ['a start without a request', { start: {} }, /data_sync_request is missing/],
  ['a poll without an ARN', { poll: {} }, /task_execution_arn is missing/],
])('%s is refused', async (_, event, message) => {
  await expect(dataSyncTask(event, world())).rejects.toThrow(message);
});

test('a stage without DataSync refuses every event', async () => {
  await expect(start({}, 0, world({ settings: { dataSync: undefined } }))).rejects.toThrow(
    /not set up for this stage/,
  );
});
