/** What is run on each engine, and how it ends on AWS. */

export const COPY = ['cp', '${DATA}', '${OUT}'];

/** The job queue and the folder in S3 of the scenarios. */
export interface ScenarioPlace {
  readonly jobQueueName: string;
  readonly data: { readonly bucket: string; readonly prefix: string };
}

export function uriOf({ data }: ScenarioPlace, key: string): string {
  return `s3://${data.bucket}/${data.prefix}${key}`;
}

export function demand(
  where: ScenarioPlace,
  id: string,
  command: readonly string[],
  input = uriOf(where, 'in'),
) {
  return {
    execution_type: 'scenario',
    execution_id: id,
    execution_image: 'public.ecr.aws/docker/library/debian:12-slim',
    execution_parameters: {
      command,
      params: { data: `${input} @ in`, out: `out @ ${uriOf(where, `${id}/out`)}` },
      inputs: ['data'],
      outputs: ['out'],
    },
    execution_platform: { aws_batch: { job_queue_name: where.jobQueueName } },
    resource_requirements: { memory: 512, vcpus: 1 },
  };
}

export const ENDS = {
  success: { status: 'SUCCEEDED' },
  jobFails: { status: 'FAILED', error: 'States.TaskFailed' },
  inputMissing: { status: 'FAILED', error: 'DemandValidationError' },
  cancelled: { status: 'ABORTED' },
} as const;

/**
 * Where the embedded engine ends otherwise. It knows no stopping: a run that is cancelled fails its task, is cleaned up
 * by the machine itself, and says so.
 */
export const EMBEDDED_ENDS = {
  ...ENDS,
  cancelled: { status: 'FAILED', error: 'DemandCancelled' },
} as const;
