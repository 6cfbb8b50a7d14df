/** Registers a job definition, or finds the one that is already there, and prepares what SubmitJob takes. */

import type { Surroundings } from '../context/environment';
import { type Problem, refuseIfAny } from '../errors';
import { pythonJson } from '../python/json';
import { resolveImage } from './images';
import { RETRY_STRATEGY } from './job';
import type { ImageRepositories, JobDefinitions, JobDefinitionToRegister } from './model';
import type { BatchCreateRequest } from './request';

export interface BatchWorld extends Surroundings {
  readonly jobDefinitions: JobDefinitions;
  readonly repositories: ImageRepositories;
  /** A fresh unique name, for a job that was given none. */
  readonly uniqueId: () => string;
}

/**
 * Contract, "Batch create": returns `{job_name, job_definition_arn, job_queue_arn, parameters, container_overrides}`.
 *
 * @throws DemandValidationError, ImageNotFound; nothing is registered then
 */
export async function prepareBatchArgs(request: BatchCreateRequest, world: BatchWorld) {
  refuseIfAny(missingResources(request));
  const image = await resolveImage(request.image, world.repositories);
  const definition = jobDefinition(request, image, world);
  const existing = await world.jobDefinitions.active(request.jobDefinitionName);
  const same = existing.find((registered) => isSameDefinition(registered.definition, definition));
  return {
    job_name: request.jobName ?? `${request.jobDefinitionName}-${world.uniqueId()}`,
    job_definition_arn: same?.arn ?? (await world.jobDefinitions.register(definition)),
    job_queue_arn: request.jobQueueName,
    parameters: {},
    container_overrides: containerOverrides(request, world),
  };
}

/**
 * What a demand's own values change is left to the overrides: the definition then stays the same for
 * every demand of its kind, and no value of one ever reaches the job of another.
 */
function jobDefinition(
  request: BatchCreateRequest,
  image: string,
  { envBase, region }: Surroundings,
): JobDefinitionToRegister {
  return {
    jobDefinitionName: request.jobDefinitionName,
    type: 'container',
    parameters: {},
    containerProperties: {
      image,
      command: request.command,
      ...(request.jobRoleArn !== undefined && { jobRoleArn: request.jobRoleArn }),
      environment: byName({ ENV_BASE: envBase, AWS_REGION: region }).map(([name, value]) => ({
        name,
        value,
      })),
      mountPoints: request.mountPoints,
      volumes: request.volumes,
      resourceRequirements: request.resourceRequirements,
      privileged: request.privileged,
      ulimits: [],
      secrets: [],
    },
    retryStrategy: request.retryStrategy ?? RETRY_STRATEGY,
    tags: request.jobDefinitionTags,
    propagateTags: false,
  };
}

function containerOverrides(request: BatchCreateRequest, { envBase, region }: Surroundings) {
  const environment = { ...request.environment, ENV_BASE: envBase, AWS_REGION: region };
  return {
    Environment: byName(environment).map(([Name, Value]) => ({ Name, Value })),
    ResourceRequirements: request.resourceRequirements.map(({ type, value }) => ({
      Type: type,
      Value: value,
    })),
  };
}

/** Equal in everything that a job would notice; Batch gives back `retry` where `RETRY` was registered. */
export function isSameDefinition(one: JobDefinitionToRegister, other: JobDefinitionToRegister): boolean {
  return canonical(one) === canonical(other);
}

function canonical({ retryStrategy, ...definition }: JobDefinitionToRegister): string {
  const rules = retryStrategy.evaluateOnExit?.map((rule) => ({ ...rule, action: rule.action.toUpperCase() }));
  return pythonJson({ ...definition, retryStrategy: { ...retryStrategy, evaluateOnExit: rules ?? [] } });
}

/** AWS Batch refuses a container job without either; said here before anything exists. */
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
