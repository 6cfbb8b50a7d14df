/** The steps of the Lambda functions, on folders instead of AWS. */
import { randomUUID } from 'node:crypto';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { fileReaders } from '../../src/adapters/files/file-readers';
import { FileTrees } from '../../src/adapters/files/file-trees';
import { fileVerified } from '../../src/adapters/files/file-verified';
import { workingFiles } from '../../src/adapters/files/working-files';
import { jsonObjects } from '../../src/adapters/json-objects';
import { SINGLE_FUNCTION } from '../../src/efs/function-routing';
import { buildContextForState } from '../../src/steps/build-context';
import { type DataSyncWorld, dataSync } from '../../src/steps/data-sync';
import { normaliseForState } from '../../src/steps/normalise';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { prepareBatchArgs } from '../../src/steps/prepare-batch-args';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { resolveEfsForState } from '../../src/steps/resolve-efs';
import type { LeaseSettings } from '../../src/transfer/lease/claims';
import type { SourceLimits } from '../../src/transfer/source';
import type { LocalJobDefinitions } from '../batch/job-definitions';
import type { LocalFunctions } from '../engine/engine';
import { UNLIMITED_TIME } from '../world/call-time';
import { localFileSystems } from '../world/file-systems';
import { LOCAL_STAGE, type LocalRoot } from '../world/root';
import { localStores } from '../world/stores';

/** Short times: on one machine no attribute is stale, and the lease of a killed run expires soon. */
export const LOCAL_LEASE: LeaseSettings = { ttlMs: 10_000, graceMs: 2_000, pollMs: 50, maxWaitMs: 3_600_000 };

/** A local run has no AWS DataSync. */
const NO_DATA_SYNC = {
  because: 'AWS DataSync runs in AWS only, and this is a run on your own machine',
  remedy: 'Leave "engine" out here, or give "lambda"',
};

export interface FunctionsWorld {
  readonly root: LocalRoot;
  readonly jobDefinitions: LocalJobDefinitions;
  readonly inlineLimits: SourceLimits;
  readonly report: DataSyncWorld['report'];
}

export function localFunctions({
  root,
  jobDefinitions,
  inlineLimits,
  report,
}: FunctionsWorld): LocalFunctions {
  const { mounts } = root;
  const routing = SINGLE_FUNCTION;
  const stores = localStores(root);
  const trees = new FileTrees();
  const leases = fileLeases({ mounts, settings: LOCAL_LEASE });
  const readers = fileReaders(mounts);
  const documents = (signal: AbortSignal) => ({
    folder: 's3://demand-plans/executions',
    ...jsonObjects(stores, signal),
  });
  const jobQueues = { isEnabled: async () => true };
  const repositories = { uriOf: async (name: string) => name };
  return {
    normalise: (event, signal) =>
      normaliseForState(event, { ...LOCAL_STAGE, stores, signal, documents: documents(signal) }),
    resolveEfs: (event, signal) =>
      resolveEfsForState(event, {
        ...LOCAL_STAGE,
        fileSystems: localFileSystems,
        documents: documents(signal),
        routing,
      }),
    buildContext: (event, signal) =>
      buildContextForState(event, {
        ...LOCAL_STAGE,
        mounts,
        files: workingFiles(),
        documents: documents(signal),
        routing,
      }),
    prepareBatchArgs: (event) =>
      prepareBatchArgs(event, {
        ...LOCAL_STAGE,
        jobDefinitions,
        jobQueues,
        repositories,
        revisionsKept: Number.POSITIVE_INFINITY,
        uniqueId: randomUUID,
      }),
    planDataSync: (event, signal) =>
      planDataSync(event, {
        stores,
        mounts,
        dataSync: NO_DATA_SYNC,
        routing,
        signal,
        defaultPayloadPath: `s3://demand-plans/${randomUUID()}`,
        ...jsonObjects(stores, signal),
      }),
    dataSync: (event, signal) =>
      dataSync(event, {
        stores,
        mounts,
        routing,
        signal,
        inlineLimits,
        report,
        leases,
        readers,
        verified: fileVerified({ mounts }),
        time: UNLIMITED_TIME,
        ...jsonObjects(stores, signal),
      }),
    removeDataPaths: (event, signal) =>
      removeDataPaths(event, {
        trees,
        mounts,
        routing,
        signal,
        use: { leases, readers },
        readJson: documents(signal).readJson,
      }),
  };
}
