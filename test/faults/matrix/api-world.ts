/** The demands of the matrix on the local API, and all that they hold there. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BatchClient, JobStatus, ListJobsCommand } from '@aws-sdk/client-batch';
import { ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, ListStateMachinesCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { startMotoServer } from '../../../local/api/moto-server';
import { contentsOf } from '../../scenarios/executions';
import { demand, uriOf, withSharedInputs } from '../../scenarios/scenarios';
import type { Tier } from '../../scenarios/tier';
import { openLocalTier, PROJECT } from '../../scenarios/tiers/local';
import { ApiFaults } from './api-faults';
import { between } from './between';
import { heldAt } from './left';
import type { Way } from './world';

/** Time in which everything ends that an ended execution has left. */
const SETTLE_MS = 20_000;

/** Starts a local API with faults. @param folder a folder for this run */
export async function openFaultyTier(folder: string): Promise<{ tier: Tier; faults: ApiFaults }> {
  let tier: Tier | undefined;
  const faults = new ApiFaults(folder, async (executionArn) => {
    await tier?.sfn.send(new StopExecutionCommand({ executionArn }));
  });
  tier = await openLocalTier({
    ...{ name: 'moto with faults', stage: 'created', faults },
    startServer: () => async (gateway) => {
      const access = { ...gateway, longestRetryWaitSeconds: 0.1 };
      const moto = await startMotoServer(join(PROJECT, 'local/api'), join(PROJECT, '.cache/python'), access);
      return between(moto, join(folder, 'between.sock'), faults.onStart);
    },
  });
  return { tier, faults };
}

/** Returns the ARN of the execution with this name. */
export function executionOf({ stateMachineArn }: Tier, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Each demand has an input of its own: a demand that is killed holds the lease of a shared input for minutes. */
const inputOf = (id: string) => `inputs/${id}`;

export async function plantInput({ s3, data }: Tier, id: string, Body: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: data.bucket, Key: `${data.prefix}${inputOf(id)}`, Body }));
}

export function apiDemand(tier: Tier, id: string, { command, isShared = false }: Way) {
  const own = demand(tier, id, command, uriOf(tier, inputOf(id)));
  return isShared ? withSharedInputs(own) : own;
}

/**
 * Returns the things that the ended demands hold. Waits up to 20 s until the list is empty.
 *
 * @param mayRead executions whose records as readers may stay
 */
export async function stillHeld(tier: Tier, mayRead: readonly string[]) {
  for (const until = Date.now() + SETTLE_MS; ; await setTimeout(tier.pollMs)) {
    const { inputs, ...held } = await heldNow(tier, mayRead);
    const isFree = Object.values(held).every((items) => items.length === 0);
    if (isFree || Date.now() > until) return { inputs, ...held };
  }
}

async function heldNow(tier: Tier, mayRead: readonly string[]) {
  const { readers, claims, halfWritten } = await heldAt(join(tier.fileSystems!, tier.fileSystemId));
  return {
    readers: readers.filter((execution) => !mayRead.includes(execution)),
    claims,
    // A killed BuildContext leaves the directory that it makes under another name. The sweeper removes it.
    halfWritten: halfWritten.filter((path) => !/^scratch\/\.[0-9a-f.]+\.partial$/.test(path)),
    uploads: await uploadsIn(tier),
    jobs: await runningJobs(tier),
    executions: await runningExecutions(tier),
    inputs: [...new Set(Object.values(await contentsOf(tier, inputOf(''))))],
  };
}

async function uploadsIn({ s3, data }: Tier): Promise<unknown[]> {
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: data.bucket }));
  return Uploads.map(({ Key }) => Key);
}

async function runningJobs({ settings, jobQueueName }: Tier): Promise<unknown[]> {
  const batch = new BatchClient(settings);
  const open = Object.values(JobStatus).filter((status) => status !== 'SUCCEEDED' && status !== 'FAILED');
  const lists = open.map((jobStatus) =>
    batch.send(new ListJobsCommand({ jobQueue: jobQueueName, jobStatus })),
  );
  return (await Promise.all(lists)).flatMap(({ jobSummaryList = [] }) => jobSummaryList);
}

async function runningExecutions({ sfn }: Tier): Promise<unknown[]> {
  const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
  const lists = stateMachines.map(({ stateMachineArn }) =>
    sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' })),
  );
  return (await Promise.all(lists)).flatMap(({ executions = [] }) => executions);
}
