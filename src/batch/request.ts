/** `batch_create_request` as it arrives: what is to be registered and run. */
import * as v from 'valibot';
import { accepting, flag, integer, listOf, mapOf, model, optional, requiredText, text } from '../wire/schema';
import type { EfsVolume, MountedVolume, ResourceRequirement, RetryStrategy } from './model';

const requirement = model({
  type: v.picklist(['GPU', 'MEMORY', 'VCPU'], 'GPU, MEMORY or VCPU'),
  value: text(),
});

const requirements = v.union(
  [
    listOf(requirement),
    v.pipe(
      model({ gpu: optional(integer()), memory: optional(integer()), vcpus: optional(integer()) }),
      v.transform(({ gpu, memory, vcpus }) =>
        Object.entries({ GPU: gpu, MEMORY: memory, VCPU: vcpus }).flatMap(
          ([type, value]): ResourceRequirement[] => (value ? [{ type, value: String(value) }] : []),
        ),
      ),
    ),
  ],
  'a list of {type, value}, or {gpu, memory, vcpus}',
);

/** AWS's own structures pass through as they are: Batch checks them better than we could. */
function awsShape<T>() {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null;
  return accepting(v.custom<T>(isObject, 'an object of the AWS Batch API'), () =>
    v.record(v.string(), v.unknown()),
  );
}

/** Its rules are compared with those of registered definitions, so they have to be some. */
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
  resourceRequirements: v.optional(requirements, []),
  mountPoints: v.optional(listOf(awsShape<MountedVolume>()), []),
  volumes: v.optional(listOf(awsShape<EfsVolume>()), []),
  retryStrategy: optional(retryStrategy),
  privileged: v.optional(flag(), false),
});

export type BatchCreateRequest = v.InferOutput<typeof batchCreateRequestSchema>;
