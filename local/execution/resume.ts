/** Kept directories on this machine: lists them, and stores their outputs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileKept } from '../../src/adapters/files/file-kept';
import { buildContext } from '../../src/context/context';
import { readValidRequest } from '../../src/context/examine';
import { routeToSelf, SINGLE_FUNCTION, writeRoute } from '../../src/efs/function-routing';
import { resolveVolumes } from '../../src/efs/resolve';
import { DemandValidationError, ExecutionAlreadyExists } from '../../src/errors';
import type { KeptDirectory } from '../../src/paths/kept';
import { hasFiles, hashOfTransfers } from '../../src/steps/kept-outputs';
import { type DataSyncRequest, readDataSyncRequest } from '../../src/transfer/request';
import { LOCAL_ACCESS_POINTS, localFileSystems } from '../world/file-systems';
import { LOCAL_RULES, LOCAL_STAGE, type LocalRoot } from '../world/root';
import { localStores } from '../world/stores';
import { claimAttempt, lastInput } from './attempts';
import type { DemandResult } from './events';
import { localInput } from './input';
import { type DemandRunOptions, runAttempt } from './run';

/** A kept directory, with its path on this machine. */
export interface LocalKept extends KeptDirectory {
  readonly directory: string;
}

/** Returns the kept directories of a root, the oldest first. */
export async function listKept(root: LocalRoot): Promise<readonly LocalKept[]> {
  if (!existsSync(root.path)) return [];
  const found = await fileKept(root.mounts).list();
  return found.map(({ mount, kept }) => ({ ...kept, directory: mount.path + kept.path }));
}

/**
 * Stores the outputs of a kept directory, and then removes the directory. It runs the state machine from StoreOutputs on, as
 * the next attempt of the demand. After a failure the directory stays kept.
 *
 * @throws DemandValidationError when the demand has no kept directory, or other outputs than its last attempt
 * @throws ExecutionAlreadyExists when the demand is running
 */
export async function resumeDemand(executionId: string, options: DemandRunOptions): Promise<DemandResult> {
  const { root, listener } = options;
  const directory = join(root.fileSystem('scratch'), executionId);
  const kept = (await listKept(root)).find((each) => each.directory === directory);
  const document = await lastInput(root.executions, executionId);
  if (kept === undefined || document === undefined)
    throw refusal(`"${executionId}" has no kept directory`, 'See `demand list --kept`');
  if (kept.hasMissingOutput)
    throw refusal(
      `the job of "${executionId}" did not write an output`,
      `Copy the files out of ${directory} by hand, then run the demand again`,
    );
  const { layout, storing, transfers } = await stateOf(document, options);
  if (kept.transfers !== undefined && kept.transfers !== transfers)
    throw refusal(
      `the outputs of "${executionId}" are not those of the execution that kept ${directory}`,
      'Copy the files out of the directory by hand',
    );
  const claim = await claimAttempt(root.executions, executionId, { resume: executionId });
  if (claim.kind === 'running')
    throw new ExecutionAlreadyExists(`The demand "${executionId}" is running (process ${claim.pid})`);
  listener({ type: 'started', executionId, attempt: claim.attempt.number, root: root.path });
  return runAttempt({ document, executionId, layout, attempt: claim.attempt, storing }, options);
}

/**
 * Builds the state of the machine before StoreOutputs. An output without files that is at its destination was stored before.
 */
async function stateOf(document: unknown, options: DemandRunOptions) {
  const { root, runner, signal, rules = LOCAL_RULES } = options;
  const stores = localStores(root);
  const stage = { ...LOCAL_STAGE, accessPoints: LOCAL_ACCESS_POINTS, rules };
  const valid = readValidRequest(localInput(document, root, runner), stage);
  const volumes = await resolveVolumes(valid.layout.chosen, stage, localFileSystems);
  const settings = { ...stage, mounts: root.volumes, hiddenName: 'unused' };
  const { cleanup_configs } = buildContext(valid, volumes, settings).response;
  const route = writeRoute(routeToSelf(SINGLE_FUNCTION));
  const removed = { size_bytes_removed: 0, paths_removed: [], failures: [], route };
  const requests = cleanup_configs.data_sync_requests;
  const outputs = requests.map((request) => readDataSyncRequest(request));
  const isStored = async (output: DataSyncRequest) =>
    !(await hasFiles(output, { stores, signal })) &&
    (await stores.open(output.destinationPath).exists(output.destinationPath));
  const stored = await Promise.all(outputs.map(isStored));
  const left = requests.map((request, index) =>
    stored[index] ? { ...request, fail_if_missing: false } : request,
  );
  return {
    layout: valid.layout,
    storing: { cleanup_configs: { ...cleanup_configs, data_sync_requests: left }, route, removed },
    transfers: hashOfTransfers(outputs),
  };
}

function refusal(message: string, remedy: string): DemandValidationError {
  return new DemandValidationError([{ pointer: '', message, remedy }]);
}
