/** The Batch job of a demand: `batch_create_request` of the contract. */
import type { DemandExecution } from '../demand/model';
import type { SecretParameter } from '../demand/secrets';
import type { Volume, Volumes } from '../efs/model';
import { withoutEmpty } from '../wire/json';
import { writeModel } from '../wire/schema';
import type { JobEnvironment } from './model';
import { jobDefinitionName, jobName, type NamedDemand, volumeName } from './naming';
import { type BatchCreateRequest, batchCreateRequestSchema, toRequirements } from './request';
import { STATUS_REASONS } from './status-reasons';

/**
 * The attempts of one job in Batch: Batch retries a job that lost its host, or that a slow Docker daemon did not start.
 * The machine decides about a further job: src/batch/retries/.
 */
export const RETRY_STRATEGY = {
  attempts: 5,
  evaluateOnExit: [
    { action: 'RETRY', onStatusReason: STATUS_REASONS.notStarted, onReason: 'DockerTimeoutError*' },
    { action: 'RETRY', onStatusReason: 'Host EC2*' },
    { action: 'EXIT', onStatusReason: '*' },
  ],
} as const;

export interface JobToCreate {
  readonly demand: DemandExecution;
  readonly names: NamedDemand;
  readonly command: readonly string[];
  readonly environment: JobEnvironment;
  readonly secrets: readonly SecretParameter[];
  readonly volumes: Volumes;
  readonly privileged: boolean;
}

/** Returns the request on the wire. The step prepare-batch-args reads it. */
export function batchCreateRequest({
  demand,
  names,
  command,
  environment,
  secrets,
  volumes,
  privileged,
}: JobToCreate) {
  const { jobQueueName, jobRole, timeout, retry } = demand.executionPlatform.awsBatch;
  const mounted = mountedVolumes(volumes);
  const request: BatchCreateRequest = {
    image: demand.executionImage,
    jobDefinitionName: jobDefinitionName(names),
    jobName: jobName(names),
    jobQueueName,
    ...withoutEmpty({ jobRoleArn: jobRole }),
    jobDefinitionTags: { USER: demand.executionMetadata.user ?? 'unknown' },
    command,
    environment: Object.fromEntries(environment),
    ...(secrets.length > 0 && { secrets: secrets.map(jobSecret) }),
    resourceRequirements: toRequirements(demand.resourceRequirements),
    mountPoints: mounted.map(mountPoint),
    volumes: mounted.map(efsVolume),
    retryStrategy: RETRY_STRATEGY,
    ...withoutEmpty({ timeout, retry }),
    privileged,
  };
  return writeModel(batchCreateRequestSchema, request);
}

function jobSecret({ environmentName, valueFrom }: SecretParameter) {
  return { name: environmentName, valueFrom };
}

function mountedVolumes({ scratch, shared, tmp }: Volumes): Volume[] {
  return [scratch, shared, ...(tmp === undefined ? [] : [tmp])];
}

function mountPoint(volume: Volume) {
  return {
    containerPath: volume.containerPath,
    readOnly: volume.role === 'shared',
    sourceVolume: volumeName(volume),
  };
}

function efsVolume(volume: Volume) {
  return {
    name: volumeName(volume),
    efsVolumeConfiguration: {
      fileSystemId: volume.fileSystemId,
      rootDirectory: '/',
      transitEncryption: 'ENABLED',
      authorizationConfig: { accessPointId: volume.accessPointId, iam: 'DISABLED' },
    },
  };
}
