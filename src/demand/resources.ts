/** The resources of a job, as a demand gives them. */
import * as v from 'valibot';
import { integer, model, optional } from '../wire/schema';

/** A resource of 0 counts as absent. */
const amount = optional(
  v.pipe(
    integer(),
    v.transform((given) => given || undefined),
  ),
);
export const resourcesSchema = model({
  gpu: amount,
  /** MiB. */
  memory: amount,
  vcpus: amount,
});

export type ResourceRequirements = v.InferOutput<typeof resourcesSchema>;
