/** The demands for each engine, and their ends on AWS. */

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
 * Ends on the embedded engine that differ. The engine cannot stop an execution: a cancelled run fails its task, the
 * machine itself cleans up, and the error is DemandCancelled.
 */
export const EMBEDDED_ENDS = {
  ...ENDS,
  cancelled: { status: 'FAILED', error: 'DemandCancelled' },
} as const;
