/** Finds or registers a job definition, and prepares the arguments of SubmitJob. */
import { JobQueueNotFound, type Problem, refuseIfAny } from '../errors';
import type { StageSettings } from '../stage-settings';
import { withoutEmpty } from '../wire/json';
import { resolveImage } from './images';
import { RETRY_STRATEGY } from './job';
import type { ImageRepositories, JobDefinitionToRegister, JobQueues, JobSecret } from './model';
import type { BatchCreateRequest } from './request';
import { type DefinitionSettings, type DefinitionWorld, registerOnce } from './revisions';
import { executionRoleProblems, jobSecretProblems } from './secrets';

interface BatchSettings extends StageSettings, DefinitionSettings {
  /** The role that reads the secrets of jobs. Absent in a stage that allows no secret. */
  readonly executionRoleArn?: string;
}

export interface BatchWorld extends DefinitionWorld {
  readonly jobQueues: JobQueues;
  readonly repositories: ImageRepositories;
  /** Returns a new unique id, for the name of a job without a name. */
  readonly uniqueId: () => string;
  readonly settings: BatchSettings;
}

/**
 * The contract's "Batch create".
 *
 * @returns `{job_name, job_definition_arn, job_queue_arn, parameters, container_overrides}`
 * @throws DemandValidationError, ImageNotFound, JobQueueNotFound; nothing was registered then
 */
export async function prepareBatchArgs(request: BatchCreateRequest, world: BatchWorld) {
  refuseIfAny([
    ...missingResources(request),
    ...jobSecretProblems(request.secrets, world.settings),
    ...executionRoleProblems(request.jobRoleArn, world.settings.executionRoleArn),
  ]);
  const { jobDefinitionName, jobQueueName } = request;
  const [image, active] = await Promise.all([
    resolveImage(request.image, world.repositories),
    world.jobDefinitions.active(jobDefinitionName),
    refuseBadQueue(jobQueueName, world.jobQueues),
  ]);
  return {
    job_name: request.jobName ?? `${jobDefinitionName}-${world.uniqueId()}`,
    job_definition_arn: await registerOnce(jobDefinition(request, image, world.settings), active, world),
    job_queue_arn: jobQueueName,
    parameters: {},
    container_overrides: containerOverrides(request, world.settings),
  };
}

/**
 * The overrides have the values of a single demand. The definition therefore stays the same for all demands of a kind with
 * the same secrets, and no value of a demand reaches the job of another.
 */
function jobDefinition(
  request: BatchCreateRequest,
  image: string,
  { envBase, region, executionRoleArn }: BatchSettings,
): JobDefinitionToRegister {
  const secrets = sortedSecrets(request);
  return {
    jobDefinitionName: request.jobDefinitionName,
    type: 'container',
    parameters: {},
    containerProperties: {
      image,
      command: request.command,
      ...withoutEmpty({ jobRoleArn: request.jobRoleArn }),
      environment: byName({ ENV_BASE: envBase, AWS_REGION: region }).map(([name, value]) => ({
        name,
        value,
      })),
      mountPoints: request.mountPoints,
      volumes: request.volumes,
      resourceRequirements: request.resourceRequirements,
      privileged: request.privileged,
      ulimits: [],
      secrets,
      ...(secrets.length > 0 && withoutEmpty({ executionRoleArn })),
    },
    retryStrategy: request.retryStrategy ?? RETRY_STRATEGY,
    tags: request.jobDefinitionTags,
    propagateTags: false,
  };
}

function containerOverrides(request: BatchCreateRequest, { envBase, region }: StageSettings) {
  const environment = { ...request.environment, ENV_BASE: envBase, AWS_REGION: region };
  return {
    Environment: byName(environment).map(([Name, Value]) => ({ Name, Value })),
    ResourceRequirements: request.resourceRequirements.map(({ type, value }) => ({
      Type: type,
      Value: value,
    })),
  };
}

/**
 * The definition has the secrets of a single demand, as the overrides of SubmitJob have no field for secrets. Equal
 * definitions have them in the same order, without fields that Batch would not keep.
 */
function sortedSecrets({ secrets = [] }: BatchCreateRequest): JobSecret[] {
  const named = secrets.map(({ name, valueFrom }) => [name, valueFrom] as const);
  return byName(Object.fromEntries(named)).map(([name, valueFrom]) => ({ name, valueFrom }));
}

/** Checks the queue before the data are moved. SubmitJob would find a bad queue hours later. */
async function refuseBadQueue(name: string, queues: JobQueues): Promise<void> {
  const isEnabled = await queues.isEnabled(name);
  if (isEnabled === true) return;
  const what = isEnabled === false ? 'is disabled' : 'does not exist in this account and region';
  throw new JobQueueNotFound(
    `/job_queue_name (of the demand's execution_platform.aws_batch): the job queue "${name}" ${what}. Give the name or ARN of an enabled queue.`,
  );
}

/** AWS Batch refuses a container job without memory or vCPUs. This check comes before anything is created. */
function missingResources({ resourceRequirements }: BatchCreateRequest): Problem[] {
  const given = new Set(resourceRequirements.map(({ type }) => type));
  return (['MEMORY', 'VCPU'] as const)
    .filter((type) => !given.has(type))
    .map((type) => ({
      pointer: '/resource_requirements',
      message: `${type} is missing, and AWS Batch runs no container without it`,
      remedy: `Add {"type": "${type}", "value": "${type === 'MEMORY' ? '2048' : '1'}"}`,
    }));
}

function byName(environment: Record<string, string>): [string, string][] {
  return Object.entries(environment).sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}
