/** The data-sync machine with AWS DataSync as its engine: the real steps on moto's S3 and DataSync. */

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
import { AwsDataSync } from '../../src/adapters/aws/aws-data-sync';
import { jsonObjects } from '../../src/adapters/json-objects';
import { writeTextObject } from '../../src/adapters/s3/text-object';
import { awsStores } from '../../src/adapters/stores';
import { SINGLE_FUNCTION } from '../../src/efs/function-routing';
import type { RecordedEvent } from '../../src/history/events';
import { UNRESTRICTED } from '../../src/rules/model';
import { dataSync } from '../../src/steps/data-sync';
import { dataSyncTask } from '../../src/steps/data-sync-task';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { type DataSyncSettings, readDataSyncSettings } from '../../src/transfer/datasync/settings';
import type { Location } from '../../src/transfer/location';
import { type DataSyncApi, useDataSyncApi } from '../adapters/aws/datasync-api';
import { endpoint } from '../api/endpoint';

const s3Client = new S3Client({ region: 'us-east-1', endpoint: endpoint(), forcePathStyle: true });
const signal = new AbortController().signal;

interface Run {
  /** Called before a function. Its error is the function's error. */
  readonly before?: (event: unknown) => void;
  /** Called after a function. Its error replaces the function's answer. */
  readonly after?: (event: unknown) => void;
}

interface Told {
  readonly wait_seconds: number;
}

export const NOTHING_LEFT = { tasks: 0, manifests: [] };

/** @param region a region for this test file alone: all test files share one moto */
export function useDataSyncMachine(region: string) {
  const api = useDataSyncApi();
  let bucket = '';
  const put = async (...keys: string[]) => {
    for (const Key of keys) await s3Client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'text' }));
  };
  const keys = async (Prefix: string) => {
    const { Contents = [] } = await s3Client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
    return Contents.map(({ Key = '' }) => Key);
  };
  beforeEach(async () => {
    bucket = `machine-${randomUUID()}`;
    await s3Client.send(new CreateBucketCommand({ Bucket: bucket }));
    await put('in/a.txt', 'in/b/c.txt', 'in/d.txt', 'in/e.log', 'out/stale.txt');
  });
  return {
    api,
    put,
    keys,
    copying: () => copying(api, bucket),

    leftOver: async () => {
      const deleted = api.inputsOf('DeleteTask').length;
      const created = api.inputsOf('CreateTask').length;
      return { tasks: created - deleted, manifests: await keys('manifests/') };
    },

    /** Runs the machine without waiting. The result has the seconds of each wait. */
    async run(fields: object = {}, { before, after }: Run = {}) {
      const waits: number[] = [];
      const { dataSyncTask: task, ...others } = functionsOn(api, region, bucket);
      const watched = async (event: unknown) => {
        before?.(event);
        const answer = await task(event);
        after?.(event);
        waits.push(answer.wait_seconds);
        return { ...answer, wait_seconds: 0 };
      };
      const data_sync_request = {
        source_path: `s3://${bucket}/in/`,
        destination_path: `s3://${bucket}/out/`,
        filter_config: { include: '.*\\.txt' },
        ...fields,
      };
      return {
        ...(await runMachine({ data_sync_request }, { ...others, dataSyncTask: watched })),
        waits,
      };
    },
  };
}

function functionsOn(api: DataSyncApi, region: string, bucket: string) {
  const stores = awsStores(s3Client, []);
  const world = {
    stores,
    signal,
    settings: {
      rules: UNRESTRICTED,
      mounts: [],
      routing: SINGLE_FUNCTION,
      dataSync: settingsIn(region),
      defaultPayloadPath: `s3://${bucket}/plans`,
      manifestFolder: `s3://${bucket}/manifests`,
      inlineLimits: { maxBytes: 1, maxFiles: 1 },
    },
    ...jsonObjects(stores, signal),
  };
  const taskWorld = {
    ...world,
    openTasks: (settings: DataSyncSettings) => new AwsDataSync(api.client(region), settings),
    writeText: (location: Location, content: AsyncIterable<string>) =>
      writeTextObject(s3Client, location, content, { signal }),
  };
  return {
    planDataSync: (event: unknown) => planDataSync(event, world),
    dataSync: (event: unknown) =>
      dataSync(event, {
        ...world,
        report: () => undefined,
        time: { remainingMs: () => 900_000 },
      }),
    dataSyncTask: (event: unknown): Promise<Told> => dataSyncTask(event, taskWorld),
  };
}

async function runMachine(input: object, functions: LocalFunctions) {
  const history: RecordedEvent[] = [];
  const outcome = await execute('data-sync', randomUUID(), input, {
    functions,
    batch: { now: () => 0 } as never,
    onEvent: (event) => void history.push(event),
    signal,
    retryWaitMs: 1,
  });
  const states = history.flatMap((event) => (event.type === 'StateEntered' ? [event.state] : []));
  return { outcome, states };
}

/** Makes DataSync copy at once, and report the copy in its last answer. */
function copying(api: DataSyncApi, bucket: string): void {
  api.script('StartTaskExecution', async (_, real) => {
    await copyByManifest(api, bucket);
    return real();
  });
  api.script('DescribeTaskExecution', async (_, real) => {
    const answer = await real();
    const counts = { BytesWritten: 12, FilesTransferred: 3, FilesVerified: 3 };
    return { ...answer, body: { ...answer.body, ...counts } };
  });
}

/** Copies the files in the manifest of the last task, as DataSync does. */
async function copyByManifest(api: DataSyncApi, bucket: string): Promise<void> {
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

function settingsIn(region: string) {
  return readDataSyncSettings({
    ENV_BASE: 'test',
    AWS_REGION: region,
    DATASYNC_ENABLED: 'true',
    DATASYNC_BUCKET_ACCESS_ROLE_ARN: 'arn:aws:iam::111122223333:role/buckets',
    DATASYNC_FROM_FILES: '3',
  });
}
