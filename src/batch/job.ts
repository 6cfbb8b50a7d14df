/** The Batch job of a demand: `batch_create_request` of the contract. */
import type { DemandExecution } from '../demand/model';
import type { Volume, Volumes } from '../efs/model';
import type { Problem } from '../errors';
import { withoutEmpty } from '../wire/json';
import { writeModel } from '../wire/schema';
import { STATUS_REASONS } from './causes';
import type { JobEnvironment } from './model';
import {
  HASH_LENGTH,
  jobDefinitionName,
  jobName,
  type NamedDemand,
  volumeName,
  volumeNameLength,
} from './naming';
import { type BatchCreateRequest, batchCreateRequestSchema, toRequirements } from './request';

/**
 * Characters of the path of a mount's state file. ECS names the file after the job definition and the volume. The efs-utils
 * give the path to openssl, which opens no longer path.
 */
const NAME_BUDGET = 139;

/** Batch retries a job that lost its host, or that a slow Docker daemon did not start. A job that fails itself is not retried. */
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
  readonly volumes: Volumes;
  readonly privileged: boolean;
}

/** Returns the request on the wire. The step prepare-batch-args reads it. */
export function batchCreateRequest({
  demand,
  names,
  command,
  environment,
  volumes,
  privileged,
}: JobToCreate) {
  const { jobQueueName, jobRole } = demand.executionPlatform.awsBatch;
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
    resourceRequirements: toRequirements(demand.resourceRequirements),
    mountPoints: mounted.map(mountPoint),
    volumes: mounted.map(efsVolume),
    retryStrategy: RETRY_STRATEGY,
    privileged,
  };
  return writeModel(batchCreateRequestSchema, request);
}

/** Checks the names of the definition and its volumes against the budget above. */
export function nameBudgetProblems(
  { envBase, executionType }: Pick<NamedDemand, 'envBase' | 'executionType'>,
  containerPaths: readonly string[],
): Problem[] {
  const definition = `${envBase}-${executionType}-`.length + HASH_LENGTH;
  const longest = Math.max(...containerPaths.map(volumeNameLength));
  const total = definition + 3 + longest;
  if (total <= NAME_BUDGET) return [];
  const excess = total - NAME_BUDGET;
  return [
    {
      pointer: '/execution_type',
      message: `the job definition's name (${definition} characters) and the longest volume name (${longest}) exceed ${NAME_BUDGET} with the characters between them`,
      remedy: `Shorten execution_type, or the last folder of the container path, by ${excess} characters`,
    },
  ];
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
