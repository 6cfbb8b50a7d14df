/**
 * The demand: one JSON document that names the image, the command, the resources, the inputs and the destinations of the
 * outputs.
 *
 * The reader takes snake_case and camelCase, the writer has snake_case. The code has camelCase names for the demand's own
 * fields. The user's keys (`params`, `tags`, ...) keep their spelling.
 */
import * as v from 'valibot';
import { flag, listOf, mapOf, model, optional, requiredText, text, writeModel } from '../wire/schema';
import { resourcesSchema } from './resources';
import { jobRetrySchema, jobTimeoutSchema } from './retries';

/** The statuses that `notify_on` can name. */
const DEMAND_STATUSES = [
  'AWAITING_TRIGGER',
  'SUBMITTED',
  'IN_PROGRESS',
  'COMPLETED',
  'FAILED',
  'ABORTED',
] as const;

const EXECUTION_ARN = /^arn:aws:states:[a-z0-9-]+:\d{12}:execution:[^:]+:[^:]+$/;

const paramPair = model({
  input: optional(text()),
  output: optional(text()),
  inputs: optional(listOf(text())),
  outputs: optional(listOf(text())),
});

export const executionParametersSchema = model({
  command: v.pipe(listOf(text()), v.minLength(1, 'a list with the words of the command')),
  params: v.optional(mapOf(v.unknown()), {}),
  inputs: v.optional(listOf(text()), []),
  outputs: v.optional(listOf(text()), []),
  outputsMetadata: v.optional(mapOf(v.unknown()), {}),
  outputS3Prefix: optional(text()),
  paramPairOverrides: optional(listOf(paramPair)),
  verbosity: v.optional(flag(), false),
});

const metadataFields = model({
  user: optional(text()),
  arn: optional(v.pipe(text(), v.regex(EXECUTION_ARN, "a Step Functions execution's ARN"))),
  tags: optional(mapOf(text())),
  /** Legacy: words with commas between them. Each word is a tag: `key=value`, or a key that is also the value. */
  tag: optional(v.union([text(), listOf(text())], 'a string or a list of strings')),
  notifyOn: optional(
    v.pipe(
      mapOf(flag()),
      v.check(
        (statuses) =>
          Object.keys(statuses).every((status) => DEMAND_STATUSES.some((known) => known === status)),
        `a map whose keys are among ${DEMAND_STATUSES.join(', ')}`,
      ),
    ),
  ),
  notifyList: optional(listOf(text())),
});

/** The only place that knows the legacy `tag`: the reader merges it into `tags`, and the writer has `tags` alone. */
const metadataSchema = v.pipe(metadataFields, v.transform(mergeTags));

const JOB = {
  jobRole: optional(text()),
  /** The original has neither of these two fields. */
  timeout: optional(jobTimeoutSchema),
  retry: optional(jobRetrySchema),
};

const platformSchema = model({ awsBatch: model({ jobQueueName: requiredText(), ...JOB }) });

/** The valid fields of a job with mistakes. */
export const jobPartsSchema = model({ jobQueueName: optional(requiredText()), ...JOB });

export const demandExecutionSchema = model({
  executionType: requiredText(),
  executionId: requiredText(),
  executionImage: requiredText(),
  executionParameters: executionParametersSchema,
  executionMetadata: v.optional(metadataSchema, {}),
  executionPlatform: platformSchema,
  resourceRequirements: v.optional(resourcesSchema, {}),
});

type MetadataFields = v.InferOutput<typeof metadataFields>;
export type DemandExecution = v.InferOutput<typeof demandExecutionSchema>;
export type JobParts = v.InferOutput<typeof jobPartsSchema>;
export type ExecutionParameters = v.InferOutput<typeof executionParametersSchema>;

/** Writes the demand as JSON fields on the wire. */
export function writeDemandExecution(demand: DemandExecution) {
  return writeModel(demandExecutionSchema, demand);
}

function mergeTags({ tag, ...metadata }: MetadataFields): Omit<MetadataFields, 'tag'> {
  if (tag === undefined) return metadata;
  const words = [tag].flat().flatMap((each) => each.split(','));
  return { ...metadata, tags: { ...Object.fromEntries(words.map(splitTag)), ...metadata.tags } };
}

function splitTag(word: string): [string, string] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word, word] : [word.slice(0, equals), word.slice(equals + 1)];
}
