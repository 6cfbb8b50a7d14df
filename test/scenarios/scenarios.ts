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

/** Returns a request whose inputs are in the shared volume. */
export function withSharedInputs<Demand extends { readonly execution_id: string }>(demand_execution: Demand) {
  const { execution_id } = demand_execution;
  return { execution_id, demand_execution, context_manager_configuration: { isolate_inputs: false } };
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

export interface Attack {
  readonly name: string;
  /** A scaffolding request. Its own `execution_id` is the name of the execution. */
  readonly request: {
    readonly execution_id: string;
    readonly demand_execution: { readonly execution_id: string };
    readonly file_system_configurations?: object;
  };
  /** A part of the refusal. */
  readonly told: string;
}

/**
 * Returns requests for data that no demand may touch. Normalise refuses each of them.
 *
 * @param shared the container path of the shared volume
 */
export function attacks(where: ScenarioPlace, runId: string, shared: string): Attack[] {
  const attack = (name: string, told: string, more: object, id?: string): Attack => {
    const execution_id = `${runId}-${name.replaceAll(' ', '-')}`;
    const demand_execution = demand(where, id ?? execution_id, ['rm', '-rf', '${WORKING_DIR}/../*']);
    return { name, told, request: { execution_id, demand_execution, ...more } };
  };
  const onRole = (role: string, candidate: object) => ({ file_system_configurations: { [role]: candidate } });
  const poison = attack('shared by path', 'lies in the shared volume', {});
  const { execution_parameters: parameters } = poison.request.demand_execution as ReturnType<typeof demand>;
  Object.assign(parameters.params, {
    to: shared.replace('/', '//'),
    data: `${uriOf(where, 'in')} @ \${TO}/./${'0'.repeat(64)}`,
  });
  return [
    attack(
      'root as scratch',
      'fileSystems.accessPoints.scratch',
      onRole('scratch', { access_point: 'root' }),
    ),
    attack(
      'root and shared',
      'is the name of a volume',
      onRole('scratch', { accessPoint: 'root' }),
      'shared',
    ),
    attack('shared as tmp', 'fileSystems.accessPoints.tmp', onRole('tmp', { access_point: 'shared' })),
    attack('own folder', "the service's own files", {}, '.demand.leases'),
    poison,
  ];
}
