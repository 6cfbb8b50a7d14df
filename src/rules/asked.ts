/** What a demand or a request asks for: the values that the rules of a stage judge. */
import type { BatchCreateRequest } from '../batch/request';
import type { Location } from '../transfer/location';
import type { DataSyncRequest } from '../transfer/request';
import { pointerOf } from '../wire/json';

/** A value, and its pointer in the given document. */
export interface At<T> {
  readonly pointer: string;
  readonly value: T;
}

export interface Asked {
  readonly reads?: readonly At<Location>[];
  readonly writes?: readonly At<Location>[];
  /** Places where a mirror or a move removes objects. */
  readonly removals?: readonly At<Location>[];
  /** Documents that a function reads for itself. */
  readonly documents?: readonly At<Location>[];
  readonly jobQueues?: readonly At<string>[];
  readonly images?: readonly At<string>[];
  readonly jobRoles?: readonly At<string>[];
  readonly privileged?: readonly At<boolean>[];
  /** MiB, as numbers or in the texts of AWS Batch. */
  readonly memory?: readonly At<number | string>[];
  readonly vcpus?: readonly At<number | string>[];
  readonly gpus?: readonly At<number | string>[];
  /** Seconds of one attempt of a job. */
  readonly durations?: readonly At<number>[];
}

/** Returns what a transfer asks for. @param at the path of the request in the given document */
export function askedOfTransfer(
  { sourcePath, destinationPath, retainSourceData, delete: isMirror }: DataSyncRequest,
  at: readonly (string | number)[] = [],
): Required<Pick<Asked, 'reads' | 'writes' | 'removals'>> {
  const place = (field: string, value: Location) => ({ pointer: pointerOf(...at, field), value });
  return {
    reads: [place('source_path', sourcePath)],
    writes: [place('destination_path', destinationPath)],
    removals: [
      ...(retainSourceData ? [] : [place('retain_source_data', sourcePath)]),
      ...(isMirror ? [place('delete', destinationPath)] : []),
    ],
  };
}

/** Returns what a job asks for. */
export function askedOfJob(request: BatchCreateRequest): Asked {
  const amounts = (type: string) =>
    request.resourceRequirements.flatMap((each, index) =>
      each.type === type ? [{ pointer: pointerOf('resource_requirements', index), value: each.value }] : [],
    );
  return {
    jobQueues: [{ pointer: '/job_queue_name', value: request.jobQueueName }],
    images: [{ pointer: '/image', value: request.image }],
    jobRoles: [request.jobRoleArn ?? []].flat().map((value) => ({ pointer: '/job_role_arn', value })),
    privileged: [{ pointer: '/privileged', value: request.privileged }],
    memory: [
      ...amounts('MEMORY'),
      ...[request.retry?.maxMemory ?? []].flat().map((value) => ({ pointer: '/retry/max_memory', value })),
    ],
    vcpus: amounts('VCPU'),
    gpus: amounts('GPU'),
    durations: [request.timeout?.attemptDurationSeconds ?? []]
      .flat()
      .map((value) => ({ pointer: '/timeout/attempt_duration_seconds', value })),
  };
}
