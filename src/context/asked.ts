/** What a demand asks for, with pointers into the given document. The rules of a stage judge it. */
import type { ParameterTransfer } from '../demand/parameters';
import { parameterAt } from '../demand/refusals';
import type { ResourceRequirements } from '../demand/resources';
import type { Asked, At } from '../rules/asked';
import { type Location, tryParseLocation } from '../transfer/location';
import { pointerOf } from '../wire/json';
import type { DataSyncConfiguration } from './configuration';
import type { Layout } from './layout';
import type { LayoutInput } from './request';

const BATCH = '/execution_platform/aws_batch';

/** @param demandPointer the pointer to the demand in the document: `''` or `/demand_execution` */
export function askedOfDemand(given: LayoutInput, layout: Layout, demandPointer: string): Asked {
  const { job } = given;
  const { inputs, outputs } = layout.parameters;
  const at = <T>(pointer: string, value: T | undefined): At<T>[] =>
    value === undefined ? [] : [{ pointer: `${demandPointer}${pointer}`, value }];
  const placeOf = ({ name, location }: ParameterTransfer) => at(pointerOf(...parameterAt(name)), location);
  const amount = (name: keyof ResourceRequirements) =>
    at(`/resource_requirements/${name}`, given.resources?.[name]);
  const { inputDataSyncConfiguration, outputDataSyncConfiguration, privileged } = given.configuration;
  return {
    reads: inputs.flatMap(placeOf),
    writes: [
      ...outputs.flatMap(placeOf),
      ...payloadOf('input_data_sync_configuration', inputDataSyncConfiguration),
      ...payloadOf('output_data_sync_configuration', outputDataSyncConfiguration),
    ],
    jobQueues: at(`${BATCH}/job_queue_name`, job.jobQueueName),
    images: at('/execution_image', given.executionImage),
    jobRoles: at(`${BATCH}/job_role`, job.jobRole),
    privileged: [{ pointer: '/context_manager_configuration/privileged', value: privileged }],
    memory: [...amount('memory'), ...at(`${BATCH}/retry/max_memory`, job.retry?.maxMemory)],
    vcpus: amount('vcpus'),
    gpus: amount('gpu'),
    durations: at(`${BATCH}/timeout/attempt_duration_seconds`, job.timeout?.attemptDurationSeconds),
  };
}

/** The plan of a large transfer goes to a folder that the request may name. */
function payloadOf(
  field: string,
  { temporaryRequestPayloadPath: uri }: DataSyncConfiguration,
): At<Location>[] {
  const value = uri === undefined ? undefined : tryParseLocation(uri);
  const pointer = pointerOf('context_manager_configuration', field, 'temporary_request_payload_path');
  return value === undefined ? [] : [{ pointer, value }];
}
