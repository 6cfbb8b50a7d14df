/** The steps of the Lambda functions, on folders instead of AWS. */
import { randomUUID } from 'node:crypto';
import { fileKept } from '../../src/adapters/files/file-kept';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { fileReaders } from '../../src/adapters/files/file-readers';
import { FileTrees } from '../../src/adapters/files/file-trees';
import { fileVerified } from '../../src/adapters/files/file-verified';
import { workingDirectories, workingFiles } from '../../src/adapters/files/working-files';
import { jsonObjects } from '../../src/adapters/json-objects';
import { systemClock } from '../../src/adapters/system-clock';
import { DEFAULT_JOB_SETTINGS } from '../../src/batch/retries/settings';
import { SINGLE_FUNCTION } from '../../src/efs/function-routing';
import type { RuleSettings } from '../../src/rules/model';
import { buildContextForState } from '../../src/steps/build-context';
import { dataSync } from '../../src/steps/data-sync';
import { normaliseForState } from '../../src/steps/normalise';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { planNextJob } from '../../src/steps/prepare-batch-args';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { resolveEfsForState } from '../../src/steps/resolve-efs';
import type { DataSyncWorld } from '../../src/steps/transfer-results';
import type { LeaseSettings } from '../../src/transfer/lease/claims';
import type { SourceLimits } from '../../src/transfer/source';
import type { LocalJobDefinitions } from '../batch/job-definitions';
import type { LocalFunctions } from '../engine/engine';
import { UNLIMITED_TIME } from '../world/call-time';
import { LOCAL_ACCESS_POINTS, localFileSystems } from '../world/file-systems';
import { LOCAL_STAGE, type LocalRoot } from '../world/root';
import { localStores } from '../world/stores';

/** Short times: on one machine no attribute is stale, and the lease of a killed run expires soon. */
export const LOCAL_LEASE: LeaseSettings = { ttlMs: 10_000, graceMs: 2_000, pollMs: 50, maxWaitMs: 3_600_000 };

/** A local run has no AWS DataSync. */
const NO_DATA_SYNC = {
  because: 'AWS DataSync runs in AWS only, and this is a run on your own machine',
  remedy: 'Leave "engine" out here, or give "lambda"',
};

interface FunctionsSettings extends RuleSettings {
  /** A larger transfer goes to the data-sync machine. */
  readonly inlineLimits: SourceLimits;
}

export interface FunctionsWorld {
  readonly root: LocalRoot;
  readonly jobDefinitions: LocalJobDefinitions;
  readonly report: DataSyncWorld['report'];
  readonly settings: FunctionsSettings;
}

export function localFunctions({
  root,
  jobDefinitions,
  report,
  settings: { inlineLimits, rules },
}: FunctionsWorld): LocalFunctions {
  const { mounts, volumes } = root;
  const settings = {
    ...LOCAL_STAGE,
    accessPoints: LOCAL_ACCESS_POINTS,
    rules,
    mounts: volumes,
    routing: SINGLE_FUNCTION,
  };
  const stores = localStores(root);
  const trees = new FileTrees();
  const kept = fileKept(mounts);
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
      normaliseForState(event, { stores, signal, documents: documents(signal), settings }),
    resolveEfs: (event, signal) =>
      resolveEfsForState(event, {
        fileSystems: localFileSystems,
        documents: documents(signal),
        settings,
      }),
    buildContext: (event, signal) =>
      buildContextForState(event, {
        files: workingFiles(),
        documents: documents(signal),
        uniqueId: randomUUID,
        takingOver: { kept, directories: workingDirectories },
        settings,
      }),
    prepareBatchArgs: (event) =>
      planNextJob(event, {
        jobDefinitions,
        jobQueues,
        repositories,
        uniqueId: randomUUID,
        settings: { ...settings, revisionsKept: Number.POSITIVE_INFINITY, jobs: DEFAULT_JOB_SETTINGS },
      }),
    planDataSync: (event, signal) =>
      planDataSync(event, {
        stores,
        signal,
        verified: fileVerified({ mounts }),
        settings: {
          ...settings,
          dataSync: NO_DATA_SYNC,
          defaultPayloadPath: `s3://demand-plans/${randomUUID()}`,
        },
        ...jsonObjects(stores, signal),
      }),
    dataSync: (event, signal) =>
      dataSync(event, {
        stores,
        signal,
        settings: { ...settings, inlineLimits },
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
        signal,
        settings,
        use: { leases, readers },
        readJson: documents(signal).readJson,
        keeping: { stores, kept, clock: systemClock },
      }),
  };
}
