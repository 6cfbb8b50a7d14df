/** The transfers before and after the job, as requests on the wire. */
import type { ParameterTransfer } from '../demand/parameters';
import type { DemandRules } from '../rules/model';
import { mayRemoveFrom } from '../rules/rules';
import { type Location, withoutFinalSlashes } from '../transfer/location';
import { writePrepareBatchDataSyncRequest } from '../transfer/request';
import { withoutEmpty } from '../wire/json';
import type { DataSyncConfiguration } from './configuration';
import { keptDestinations } from './overlaps';

/** 75 GiB: the most bytes of one batch of a transfer. */
const BATCH_SIZE_BYTES_LIMIT = 75 * 1024 ** 3;

/**
 * Returns the requests of the inputs, from S3 to EFS. The sources stay, and one writer at a time copies.
 *
 * @param areShared true: other executions read the copies. Then the contents are compared, and each copy has the files of
 *   its source and nothing else. A change by anybody is found before the next job reads it.
 */
export function inputSyncRequests(
  inputs: readonly ParameterTransfer[],
  locate: (path: string) => Location,
  configuration: DataSyncConfiguration,
  areShared: boolean,
) {
  return inputs.map((input, index) =>
    writePrepareBatchDataSyncRequest({
      ...commonFields(input, configuration, `input_${index}`),
      sourcePath: input.location,
      destinationPath: locate(input.path),
      retainSourceData: true,
      delete: areShared,
      requireLock: true,
      ...(areShared && { sizeOnly: false }),
    }),
  );
}

/**
 * Returns the requests of the outputs, from EFS to S3. The results are moved. The destination mirrors them where the
 * rules of the stage permit a removal; elsewhere other files there stay.
 */
export function outputSyncRequests(
  outputs: readonly ParameterTransfer[],
  locate: (path: string) => Location,
  configuration: DataSyncConfiguration,
  rules: DemandRules,
) {
  return outputs.map((output, index) => {
    const kept = keptDestinations(output, outputs);
    return writePrepareBatchDataSyncRequest({
      ...commonFields(output, configuration, `output_${index}`),
      sourcePath: locate(output.path),
      destinationPath: output.location,
      retainSourceData: false,
      delete: isMirror(output, rules),
      requireLock: false,
      ...(kept.length > 0 && { keepPaths: kept }),
    });
  });
}

/** A folder of a developer's machine may have other files. A mirror would remove them. */
export function isMirror({ location }: ParameterTransfer, rules: DemandRules): boolean {
  return !location.scheme.isFileSystem && mayRemoveFrom(location, rules);
}

function commonFields({ filters }: ParameterTransfer, configuration: DataSyncConfiguration, name: string) {
  const { force, sizeOnly } = configuration;
  const filtered = filters.include !== undefined || filters.exclude !== undefined;
  return {
    ...(filtered && { filterConfig: filters }),
    maxConcurrency: 25,
    force,
    sizeOnly,
    failIfMissing: true,
    includeDetailedResponse: false,
    remoteToLocalConfig: { useCustomTmpDir: false },
    batchSizeBytesLimit: BATCH_SIZE_BYTES_LIMIT,
    ...withoutEmpty({ temporaryRequestPayloadPath: payloadPath(configuration, name) }),
  };
}

function payloadPath({ temporaryRequestPayloadPath: base }: DataSyncConfiguration, name: string) {
  return base === undefined ? undefined : `${withoutFinalSlashes(base)}/${name}/`;
}
