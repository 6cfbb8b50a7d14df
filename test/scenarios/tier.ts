/** The deployed service on this machine, spoken to through AWS's API only; but for its file systems, which are folders here. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { LOCAL_CREDENTIALS, type LocalApi, startLocalApi } from '../../local/api/local-api';
import { seedBuckets } from '../../local/api/seed';
import { ProcessRunner } from '../../local/batch/process-runner';

export interface Tier {
  readonly endpoint: string;
  readonly region: string;
  readonly stateMachineArn: string;
  readonly resources: ReadonlyMap<string, string>;
  /** Where the file systems are on this machine. */
  readonly fileSystems: string;
  readonly sfn: SFNClient;
  readonly s3: S3Client;
  stop(): Promise<void>;
}

export async function openTier(): Promise<Tier> {
  const root = mkdtempSync(join(tmpdir(), 'tier-'));
  const log: string[] = [];
  const api: LocalApi = await startLocalApi({
    project: join(__dirname, '..', '..'),
    root,
    stage: 'local',
    runner: new ProcessRunner(process.env, async () => undefined),
    hasContainers: false,
    log: (_, line) => log.push(line),
  });
  const { endpoint, region } = api;
  const settings = { endpoint, region, credentials: LOCAL_CREDENTIALS };
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  await seedBuckets(
    { folder: 'examples/penguins/s3', buckets: ['demand-examples-results', 'scenarios'] },
    s3,
  );
  return {
    endpoint,
    region,
    stateMachineArn: api.resources.get('DemandExecutionStateMachine') ?? '',
    resources: api.resources,
    fileSystems: join(root, 'efs'),
    sfn: new SFNClient(settings),
    s3,
    async stop() {
      await api.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** @returns the ARN of the execution that is named after the demand */
export async function start(tier: Tier, demand: { readonly execution_id: string }): Promise<string> {
  const { executionArn = '' } = await tier.sfn.send(
    new StartExecutionCommand({
      stateMachineArn: tier.stateMachineArn,
      name: demand.execution_id,
      input: JSON.stringify(demand),
    }),
  );
  return executionArn;
}

export async function ended(tier: Tier, executionArn: string): Promise<DescribeExecutionOutput> {
  for (;;) {
    const described = await tier.sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (described.status !== 'RUNNING') return described;
    await setTimeout(100);
  }
}

export async function historyOf(tier: Tier, executionArn: string): Promise<HistoryEvent[]> {
  const { events = [] } = await tier.sfn.send(
    new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
  );
  return events;
}

export async function contentsOf(tier: Tier, bucket: string, prefix = ''): Promise<Record<string, string>> {
  const { Contents = [] } = await tier.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  const read = Contents.map(async ({ Key = '' }) => {
    const { Body } = await tier.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return [Key, (await Body?.transformToString()) ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}
