/**
 * The demand: one JSON document that says what is to run, on what, and where the results go.
 *
 * Read in snake_case or camelCase, written in snake_case; inside, its own fields are camelCase and the
 * user's keys (`params`, `tags`, ...) stay as they came.
 */
import * as v from 'valibot';
import { withoutEmpty } from '../wire/json';
import {
  camelCased,
  flag,
  integer,
  listOf,
  mapOf,
  model,
  optional,
  requiredText,
  text,
} from '../wire/schema';

/** What `notify_on` may name. */
const DEMAND_STATUSES = [
  'AWAITING_TRIGGER',
  'SUBMITTED',
  'IN_PROGRESS',
  'COMPLETED',
  'FAILED',
  'ABORTED',
] as const;

const EXECUTION_ARN = /^arn:aws:states:[a-z0-9-]+:\d{12}:execution:[^:]+:[^:]+$/;

const paramPair = camelCased(
  model({
    input: optional(text()),
    output: optional(text()),
    inputs: optional(listOf(text())),
    outputs: optional(listOf(text())),
  }),
);

export const executionParametersSchema = camelCased(
  model({
    command: v.pipe(listOf(text()), v.minLength(1, 'a list with the words of the command')),
    params: v.optional(mapOf(v.unknown()), {}),
    inputs: v.optional(listOf(text()), []),
    outputs: v.optional(listOf(text()), []),
    outputs_metadata: v.optional(mapOf(v.unknown()), {}),
    output_s3_prefix: optional(text()),
    param_pair_overrides: optional(listOf(paramPair)),
    verbosity: v.optional(flag(), false),
  }),
);

const metadataSchema = camelCased(
  model({
    user: optional(text()),
    arn: optional(v.pipe(text(), v.regex(EXECUTION_ARN, "a Step Functions execution's ARN"))),
    tags: optional(mapOf(text())),
    tag: optional(v.union([text(), listOf(text())], 'a string or a list of strings')),
    notify_on: optional(
      v.pipe(
        mapOf(flag()),
        v.check(
          (statuses) =>
            Object.keys(statuses).every((status) => DEMAND_STATUSES.some((known) => known === status)),
          `a map whose keys are among ${DEMAND_STATUSES.join(', ')}`,
        ),
      ),
    ),
    notify_list: optional(listOf(text())),
  }),
);

const platformSchema = camelCased(
  model({
    aws_batch: camelCased(model({ job_queue_name: requiredText(), job_role: optional(text()) })),
  }),
);

export const resourcesSchema = camelCased(
  model({ gpu: optional(integer()), memory: optional(integer()), vcpus: optional(integer()) }),
);

export const demandExecutionSchema = camelCased(
  model({
    execution_type: requiredText(),
    execution_id: requiredText(),
    execution_image: requiredText(),
    execution_parameters: executionParametersSchema,
    execution_metadata: v.optional(metadataSchema, {}),
    execution_platform: platformSchema,
    resource_requirements: v.optional(resourcesSchema, {}),
  }),
);

export type DemandExecution = v.InferOutput<typeof demandExecutionSchema>;
export type ExecutionParameters = v.InferOutput<typeof executionParametersSchema>;
export type ExecutionMetadata = v.InferOutput<typeof metadataSchema>;
export type ResourceRequirements = v.InferOutput<typeof resourcesSchema>;

/** The tags of a demand: `tags` over the legacy `tag`, whose bare words are their own values. */
export function mergedTags(metadata: ExecutionMetadata): Record<string, string> | undefined {
  if (metadata.tag === undefined) return metadata.tags;
  const legacy = [metadata.tag].flat().flatMap((words) => words.split(','));
  return { ...Object.fromEntries(legacy.map(splitTag)), ...metadata.tags };
}

/** A resource of 0 counts as not given. */
export function givenResources({ gpu, memory, vcpus }: ResourceRequirements) {
  return withoutEmpty({ gpu: gpu || undefined, memory: memory || undefined, vcpus: vcpus || undefined });
}

/** The demand on the wire. `params` are passed in, since the caller may have made their paths absolute. */
export function writeDemandExecution(demand: DemandExecution, params: Record<string, unknown>) {
  const { executionParameters: parameters, executionMetadata: metadata } = demand;
  return {
    execution_type: demand.executionType,
    execution_id: demand.executionId,
    execution_image: demand.executionImage,
    execution_parameters: withoutEmpty({
      command: parameters.command,
      params,
      inputs: parameters.inputs,
      outputs: parameters.outputs,
      outputs_metadata: parameters.outputsMetadata,
      output_s3_prefix: parameters.outputS3Prefix,
      param_pair_overrides: parameters.paramPairOverrides?.map(withoutEmpty),
      verbosity: parameters.verbosity,
    }),
    execution_metadata: withoutEmpty({
      user: metadata.user,
      arn: metadata.arn,
      tags: mergedTags(metadata),
      notify_on: metadata.notifyOn,
      notify_list: metadata.notifyList,
    }),
    execution_platform: {
      aws_batch: withoutEmpty({
        job_queue_name: demand.executionPlatform.awsBatch.jobQueueName,
        job_role: demand.executionPlatform.awsBatch.jobRole,
      }),
    },
    resource_requirements: givenResources(demand.resourceRequirements),
  };
}

function splitTag(word: string): [string, string] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word, word] : [word.slice(0, equals), word.slice(equals + 1)];
}
