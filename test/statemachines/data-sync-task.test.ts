/** The branch of the data-sync machine in which AWS DataSync copies: the real steps, moto's S3 and DataSync. */
import { randomUUID } from 'node:crypto';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { execute, type LocalFunctions } from '../../local/engine/engine';
import type { HistoryEvent } from '../../local/engine/history';
import { AwsDataSync } from '../../src/adapters/aws/aws-data-sync';
import { jsonObjects } from '../../src/adapters/json-objects';
import { writeTextObject } from '../../src/adapters/s3/text-object';
import { awsStores } from '../../src/adapters/stores';
import { ALL_HERE } from '../../src/efs/served';
import { dataSync } from '../../src/steps/data-sync';
import { dataSyncTask } from '../../src/steps/data-sync-task';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { readDataSyncSettings } from '../../src/transfer/datasync/settings';
import { type Answer, useDataSyncApi } from '../adapters/aws/datasync-api';
import { endpoint } from '../api/endpoint';

const REGION = 'eu-south-1';
const SETTINGS = readDataSyncSettings({
  ENV_BASE: 'test',
  AWS_REGION: REGION,
  DATASYNC_ENABLED: 'true',
  DATASYNC_BUCKET_ACCESS_ROLE_ARN: 'arn:aws:iam::111122223333:role/buckets',
  DATASYNC_FROM_FILES: '3',
});

const api = useDataSyncApi();
const s3Client = new S3Client({ region: 'us-east-1', endpoint: endpoint(), forcePathStyle: true });
const signal = new AbortController().signal;
let bucket: string;

beforeEach(async () => {
  bucket = `machine-${randomUUID()}`;
  await s3Client.send(new CreateBucketCommand({ Bucket: bucket }));
  await put('in/a.txt', 'in/b/c.txt', 'in/d.txt', 'in/e.log', 'out/stale.txt');
});

async function put(...keys: string[]): Promise<void> {
  for (const Key of keys) await s3Client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'text' }));
}
async function keys(Prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3Client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
  return Contents.map(({ Key = '' }) => Key);
}

/** What DataSync itself does: copies what the manifest of the last task names. */
async function copyByManifest(): Promise<void> {
  const { ManifestConfig } = api.inputsOf('CreateTask').at(-1) as {
    ManifestConfig: { Source: { S3: { ManifestObjectPath: string } } };
  };
  const Key = ManifestConfig.Source.S3.ManifestObjectPath;
  const { Body } = await s3Client.send(new GetObjectCommand({ Bucket: bucket, Key }));
  const names = ((await Body?.transformToString()) ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  for (const name of names)
    await s3Client.send(
      new CopyObjectCommand({ Bucket: bucket, Key: `out/${name}`, CopySource: `${bucket}/in/${name}` }),
    );
}

/** DataSync copies at once, and tells of it when asked for the last time. */
function copying(): void {
  api.script('StartTaskExecution', async (_, real) => {
    await copyByManifest();
    return real();
  });
  api.script('DescribeTaskExecution', async (_, real) => {
    const answer = await real();
    const counts = { BytesWritten: 12, FilesTransferred: 3, FilesVerified: 3 };
    return { ...answer, body: { ...answer.body, ...counts } };
  });
}

function failing(Result = { ErrorCode: 'OpNotSupp', ErrorDetail: 'chown was refused' }): void {
  api.script('DescribeTaskExecution', async () => ({ status: 200, body: { Status: 'ERROR', Result } }));
}

const isCleanUp = (event: unknown) => 'clean_up' in (event as object);

interface Run {
  /** Stands before the function; what it throws the function throws. */
  readonly before?: (event: unknown) => void;
  /** The same for what was done and is not told. */
  readonly after?: (event: unknown) => void;
}

/** Nobody waits here; what would be waited for is told. */
async function run(fields: object = {}, { before, after }: Run = {}) {
  const history: HistoryEvent[] = [];
  const waits: number[] = [];
  const stores = awsStores({ s3Client, mounts: [] });
  const world = {
    stores,
    mounts: [],
    served: ALL_HERE,
    signal,
    dataSync: SETTINGS,
    ...jsonObjects(stores, signal),
  };
  const taskWorld = {
    ...world,
    manifestFolder: `s3://${bucket}/manifests`,
    openTasks: (settings: NonNullable<typeof SETTINGS>) => new AwsDataSync(api.client(REGION), settings),
    writeText: (uri: string, content: AsyncIterable<string>) =>
      writeTextObject(s3Client, uri, content, { signal }),
  };
  const functions: LocalFunctions = {
    'plan-data-sync': (event) =>
      planDataSync(event, { ...world, defaultPayloadPath: `s3://${bucket}/plans` }),
    'data-sync': (event) =>
      dataSync(event, {
        ...world,
        inlineLimits: { maxBytes: 1, maxFiles: 1 },
        report: () => undefined,
        remainingMs: () => 900_000,
      }),
    'data-sync-task': async (event) => {
      before?.(event);
      const answer = await dataSyncTask(event, taskWorld);
      after?.(event);
      waits.push(answer.wait_seconds);
      return { ...answer, wait_seconds: 0 };
    },
  };
  const data_sync_request = {
    source_path: `s3://${bucket}/in/`,
    destination_path: `s3://${bucket}/out/`,
    filter_config: { include: '.*\\.txt' },
    ...fields,
  };
  const outcome = await execute(
    'data-sync',
    randomUUID(),
    { data_sync_request },
    {
      functions,
      batch: { now: () => 0 } as never,
      onEvent: (event) => void history.push(event),
      signal,
    },
  );
  const states = history.flatMap((event) => (event.type === 'StateEntered' ? [event.state] : []));
  return { outcome, states, waits };
}

const leftOver = async () => {
  const deleted = api.inputsOf('DeleteTask').length;
  const created = api.inputsOf('CreateTask').length;
  return { tasks: created - deleted, manifests: await keys('manifests/') };
};
const NOTHING_LEFT = { tasks: 0, manifests: [] };

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
  // moto goes through five states, one each time it is asked.
  expect(states.filter((state) => state === 'PollDataSyncTask')).toHaveLength(5);
  expect(waits[0]).toBe(15);
  expect(await leftOver()).toEqual(NOTHING_LEFT);
}, 30_000);

test('what is in place already is not copied, but mirrored', async () => {
  await put('out/a.txt', 'out/b/c.txt', 'out/d.txt');
  const { outcome, states } = await run({ size_only: true });
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { result: { files_transferred: 0 } } });
  expect(states).not.toContain('PollDataSyncTask');
  expect(await keys('out/')).toEqual(['out/a.txt', 'out/b/c.txt', 'out/d.txt']);
  expect(await leftOver()).toEqual(NOTHING_LEFT);
});

test('below its limits our own functions copy', async () => {
  const { outcome, states } = await run({ filter_config: { include: '[ad].*' } });
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { result: { files_transferred: 2 } } });
  expect(states).toContain('SyncBatches');
  expect(api.asked).toEqual([]);
});

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

test('a task that is not ready is started when it is', async () => {
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
}, 30_000);

describe('what the listing has, and DataSync would not take', () => {
  const name = `in/${'x'.repeat(256)}.txt`;

  test('is left to our own functions', async () => {
    await put(name);
    const { outcome, states } = await run();
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { result: { files_transferred: 4 } } });
    expect(states).toEqual(expect.arrayContaining(['StartDataSyncTask', 'LeaveToLambda', 'SyncBatches']));
    expect(await keys('out/')).toHaveLength(4);
    expect(api.inputsOf('CreateTask')).toEqual([]);
  });

  test('is refused where DataSync was asked for', async () => {
    await put(name);
    const { outcome } = await run({ engine: 'datasync' });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'DemandValidationError' });
    expect(await keys('out/')).toEqual(['out/stale.txt']);
  });
});

function denied(operation: string): Answer {
  return { status: 400, error: 'AccessDeniedException', body: { message: `may not ${operation}` } };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
