/** Starts executions of a scenario, and reads their ends and results. */
import { setTimeout } from 'node:timers/promises';
import { BatchClient, DescribeJobsCommand, type JobDetail } from '@aws-sdk/client-batch';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  type HistoryEvent,
  paginateGetExecutionHistory,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PATIENCE_MS, type Tier } from './tier';

/** Starts a demand. @returns the ARN of the execution, which has the demand's id as its name */
export function start(tier: Tier, demand: { readonly execution_id: string }): Promise<string> {
  return startNamed(tier, demand.execution_id, demand);
}

/** Starts an execution with any input. @returns its ARN */
export async function startNamed(
  { sfn, stateMachineArn }: Pick<Tier, 'sfn' | 'stateMachineArn'>,
  name: string,
  input: object,
): Promise<string> {
  const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
  return (await sfn.send(command)).executionArn ?? '';
}

export async function ended(tier: Tier, executionArn: string): Promise<DescribeExecutionOutput> {
  for (;;) {
    const described = await tier.sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (described.status !== 'RUNNING') return described;
    await setTimeout(tier.pollMs);
  }
}

export async function historyOf(tier: Tier, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory(
    { client: tier.sfn },
    { executionArn, maxResults: 1000 },
  ))
    events.push(...(page.events ?? []));
  return events;
}

/** Returns the job of an execution, or undefined before its submission. */
export async function jobOf(tier: Tier, executionArn: string): Promise<JobDetail | undefined> {
  const submitted = (await historyOf(tier, executionArn)).find(
    ({ taskSubmittedEventDetails: details }) => details?.resourceType === 'batch',
  );
  if (submitted === undefined) return undefined;
  const { JobId } = JSON.parse(submitted.taskSubmittedEventDetails?.output ?? '{}');
  return jobById(tier, JobId);
}

export async function jobById(tier: Tier, id: string): Promise<JobDetail | undefined> {
  const client = new BatchClient(tier.settings);
  const { jobs = [] } = await client.send(new DescribeJobsCommand({ jobs: [id] }));
  return jobs[0];
}

/** Returns the status of an execution's job, or undefined before its submission. */
export async function jobStatusOf(tier: Tier, executionArn: string): Promise<string | undefined> {
  return (await jobOf(tier, executionArn))?.status;
}

/** Returns contents of objects by key, without the prefix of the scenarios' data. */
export async function contentsOf(tier: Tier, below: string): Promise<Record<string, string>> {
  const { bucket, prefix } = tier.data;
  const contents: [string, string][] = [];
  const listed = { Bucket: bucket, Prefix: `${prefix}${below}` };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: tier.s3 }, listed))
    for (const { Key = '' } of Contents) {
      const { Body } = await tier.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      contents.push([Key.slice(prefix.length), (await Body?.transformToString()) ?? '']);
    }
  return Object.fromEntries(contents);
}

export async function eventually(tier: Tier, isSo: () => Promise<boolean>): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS / 4; Date.now() < until; ) {
    if (await isSo()) return;
    await setTimeout(tier.pollMs);
  }
  throw new Error(`it has not come to that within ${PATIENCE_MS / 4_000} s`);
}
