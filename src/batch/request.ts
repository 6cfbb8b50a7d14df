/** `batch_create_request`: the job definition to register and the job to run. */
import * as v from 'valibot';
import { type ResourceRequirements, resourcesSchema } from '../demand/resources';
import { jobRetrySchema, jobTimeoutSchema } from '../demand/retries';
import { accepting, flag, listOf, mapOf, model, optional, requiredText, text } from '../wire/schema';
import type { EfsVolume, JobSecret, MountedVolume, ResourceRequirement, RetryStrategy } from './model';

const requirement = model({
  type: v.picklist(['GPU', 'MEMORY', 'VCPU'], 'GPU, MEMORY or VCPU'),
  value: text(),
});

const requirements = v.union(
  [listOf(requirement), v.pipe(resourcesSchema, v.transform(toRequirements))],
  'a list of {type, value}, or {gpu, memory, vcpus}',
);

/** Returns the resources as AWS Batch takes them. */
export function toRequirements({ gpu, memory, vcpus }: ResourceRequirements): ResourceRequirement[] {
  return Object.entries({ GPU: gpu, MEMORY: memory, VCPU: vcpus }).flatMap(([type, value]) =>
    value === undefined ? [] : [{ type, value: String(value) }],
  );
}

/** The structures of AWS pass through as they are, because Batch checks them better. */
function awsShape<T>() {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null;
  return accepting(v.custom<T>(isObject, 'an object of the AWS Batch API'), () => ({
    type: 'object',
    additionalProperties: {},
  }));
}

/** The step compares the rules with those of registered definitions, so they must be a list of rules. */
const retryStrategy = v.pipe(
  awsShape<RetryStrategy>(),
  v.check(({ evaluateOnExit: rules }) => {
    const given: unknown = rules ?? [];
    return Array.isArray(given) && given.every((rule) => typeof rule?.action === 'string');
  }, 'a RetryStrategy of the AWS Batch API, with an action in each rule of evaluateOnExit'),
);

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html */
const batchName = v.pipe(
  text(),
  v.regex(/^[A-Za-z0-9_-]{1,128}$/, 'a name of up to 128 letters, digits, hyphens and underscores'),
);

export const batchCreateRequestSchema = model({
  image: requiredText(),
  jobDefinitionName: batchName,
  jobQueueName: requiredText(),
  jobName: optional(batchName),
  jobRoleArn: optional(text()),
  jobDefinitionTags: v.optional(mapOf(text()), {}),
  command: v.optional(listOf(text()), []),
  environment: v.optional(mapOf(text()), {}),
  /** The secrets of the job, in AWS's own spelling. The original has no such field. */
  secrets: optional(listOf(awsShape<JobSecret>())),
  resourceRequirements: v.optional(requirements, []),
  mountPoints: v.optional(listOf(awsShape<MountedVolume>()), []),
  volumes: v.optional(listOf(awsShape<EfsVolume>()), []),
  retryStrategy: optional(retryStrategy),
  /** The original has neither of these two fields. */
  timeout: optional(jobTimeoutSchema),
  retry: optional(jobRetrySchema),
  privileged: v.optional(flag(), false),
});

export type BatchCreateRequest = v.InferOutput<typeof batchCreateRequestSchema>;
