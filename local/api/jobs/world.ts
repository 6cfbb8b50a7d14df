/** Connects jobs to the server's definitions, access points, logs and events, and to the folders of file systems. */
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type BatchClient, DescribeJobDefinitionsCommand } from '@aws-sdk/client-batch';
import { DescribeAccessPointsCommand, type EFSClient } from '@aws-sdk/client-efs';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { systemClock } from '../../../src/adapters/system-clock';
import type { JobMount, JobRunner } from '../../batch/runner';
import type { LogWriter } from '../logs/log-writer';
import type { Job, JobDefinition } from './job';
import type { JobsWorld } from './jobs';
import { type SecretSettings, secretReader } from './secrets';

/** Batch's log group for the output of jobs. https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html */
const LOG_GROUP = '/aws/batch/job';

export interface JobServices {
  readonly runner: JobRunner;
  /** Variables that each job has, and DescribeJobs does not show. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder for each file system, named by its id. */
  readonly fileSystems: string;
  readonly batch: BatchClient;
  readonly efs: EFSClient;
  readonly logs: LogWriter;
  readonly events: EventBridgeClient;
  readonly obstacleOf: JobsWorld['obstacleOf'];
  /** Settings of the clients that read secrets. Their credentials are replaced by those of the execution role. */
  readonly settings: SecretSettings;
}

export function jobsWorld(services: JobServices): JobsWorld {
  return {
    runner: services.runner,
    settings: { region: services.settings.region, environment: services.environment },
    findDefinition: (nameOrArn) => findDefinition(nameOrArn, services.batch),
    mountsOf: (definition) => mountsOf(definition, services),
    secretReader: ({ jobId, container }) =>
      secretReader(container.executionRoleArn, jobId, services.settings),
    log: ({ container }, line) =>
      services.logs.write({ group: LOG_GROUP, stream: container.logStreamName }, line),
    changed: (job) => void tellOf('Batch Job State Change', job, services.events),
    obstacleOf: services.obstacleOf,
    blocked: (job) => void tellOf('Batch Job Queue Blocked', job, services.events),
    clock: systemClock,
  };
}

async function findDefinition(nameOrArn: string, batch: BatchClient): Promise<JobDefinition | undefined> {
  const { jobDefinitions = [] } = await batch.send(
    new DescribeJobDefinitionsCommand({ jobDefinitions: [nameOrArn], status: 'ACTIVE' }),
  );
  return jobDefinitions[0] as JobDefinition | undefined;
}

async function mountsOf({ containerProperties }: JobDefinition, services: JobServices): Promise<JobMount[]> {
  const { mountPoints = [], volumes = [] } = containerProperties;
  return Promise.all(
    mountPoints.map(async ({ sourceVolume, containerPath, readOnly = false }) => {
      const efs = volumes.find(({ name }) => name === sourceVolume)?.efsVolumeConfiguration;
      if (efs === undefined) throw new Error(`the volume ${sourceVolume} is on no file system`);
      const path = await pathOf(efs.authorizationConfig?.accessPointId, services.efs);
      const hostPath = join(services.fileSystems, efs.fileSystemId, path ?? efs.rootDirectory ?? '/');
      await mkdir(hostPath, { recursive: true });
      return { hostPath: await realpath(hostPath), containerPath, readOnly };
    }),
  );
}

async function pathOf(accessPointId: string | undefined, efs: EFSClient): Promise<string | undefined> {
  if (accessPointId === undefined) return undefined;
  const { AccessPoints = [] } = await efs.send(
    new DescribeAccessPointsCommand({ AccessPointId: accessPointId }),
  );
  return AccessPoints[0]?.RootDirectory?.Path;
}

async function tellOf(DetailType: string, job: Job, events: EventBridgeClient): Promise<void> {
  const entry = { Source: 'aws.batch', DetailType, Detail: JSON.stringify(job) };
  await events.send(new PutEventsCommand({ Entries: [entry] })).catch(() => undefined);
}
