/** What is moved before and after the job, and what is removed at the end: the wire's requests. */
import type { Transfer } from '../demand/parameters';
import { withoutEmpty } from '../wire/json';
import type { DataSyncConfiguration } from './configuration';
import { keptDestinations } from './overlaps';

/** 75 GiB: what one batch of a transfer may hold. */
const BATCH_SIZE_BYTES_LIMIT = 75 * 1024 ** 3;

/** S3 to EFS: the source stays, one writer at a time, nothing is deleted. */
export function inputSyncRequests(
  inputs: readonly Transfer[],
  locate: (path: string) => string,
  configuration: DataSyncConfiguration,
) {
  return inputs.map((input, index) =>
    withoutEmpty({
      source_path: input.remote,
      destination_path: locate(input.path),
      ...commonFields(input, configuration),
      retain_source_data: true,
      delete: false,
      require_lock: true,
      temporary_request_payload_path: payloadPath(configuration, `input_${index}`),
    }),
  );
}

/** EFS to S3: the results move, and the destination mirrors them. */
export function outputSyncRequests(
  outputs: readonly Transfer[],
  locate: (path: string) => string,
  configuration: DataSyncConfiguration,
) {
  return outputs.map((output, index) => {
    const kept = keptDestinations(output, outputs);
    return withoutEmpty({
      source_path: locate(output.path),
      destination_path: output.remote,
      ...commonFields(output, configuration),
      retain_source_data: false,
      // A folder of somebody's own machine may hold more than results: it is never mirrored.
      delete: !output.remote.startsWith('file://'),
      require_lock: false,
      temporary_request_payload_path: payloadPath(configuration, `output_${index}`),
      keep_paths: kept.length > 0 ? kept : undefined,
    });
  });
}

function commonFields({ filters }: Transfer, { force, sizeOnly }: DataSyncConfiguration) {
  const filtered = filters.include !== undefined || filters.exclude !== undefined;
  return {
    filter_config: filtered ? filters : undefined,
    max_concurrency: 25,
    force,
    size_only: sizeOnly,
    fail_if_missing: true,
    include_detailed_response: false,
    remote_to_local_config: { use_custom_tmp_dir: false },
    batch_size_bytes_limit: BATCH_SIZE_BYTES_LIMIT,
  };
}

function payloadPath({ temporaryRequestPayloadPath: base }: DataSyncConfiguration, name: string) {
  return base === undefined ? undefined : `${base.replace(/\/+$/, '')}/${name}/`;
}
