/** Fields that the contract ignores: often a misspelt one that its author counts on. */
import { isJsonObject, pointerOf } from '../wire/json';
import { toCamelCase } from '../wire/schema';

interface Fields {
  readonly [name: string]: Fields | true;
}

/** What a demand may hold; `true` is anything. */
const DEMAND: Fields = {
  execution_type: true,
  execution_id: true,
  execution_image: true,
  execution_parameters: {
    command: true,
    params: true,
    inputs: true,
    outputs: true,
    outputs_metadata: true,
    output_s3_prefix: true,
    param_pair_overrides: true,
    verbosity: true,
  },
  execution_metadata: { user: true, arn: true, tags: true, tag: true, notify_on: true, notify_list: true },
  execution_platform: { aws_batch: { job_queue_name: true, job_role: true } },
  resource_requirements: { gpu: true, memory: true, vcpus: true },
};

/** Pointers of the fields of a demand that nobody reads. */
export function unknownFields(demand: unknown, known: Fields = DEMAND, at: readonly string[] = []): string[] {
  if (!isJsonObject(demand)) return [];
  const names = new Map(
    Object.entries(known).flatMap(
      ([name, inner]) =>
        [
          [name, inner],
          [toCamelCase(name), inner],
        ] as const,
    ),
  );
  return Object.entries(demand).flatMap(([name, value]) => {
    const inner = names.get(name);
    if (inner === undefined) return [pointerOf(...at, name)];
    return inner === true ? [] : unknownFields(value, inner, [...at, name]);
  });
}
