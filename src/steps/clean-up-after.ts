import * as v from 'valibot';
import { buildContext } from '../context/context';
import { readValidRequest } from '../context/examine';
import { type Documents, readWrittenRequest } from '../context/references';
import { resumedExecution } from '../context/resumption';
import { isOfOtherFunction } from '../efs/function-routing';
import { volumesSchema } from '../efs/model';
import { RemovalFailed } from '../errors';
import type { Executions } from '../history/executions';
import { type ExecutionLeftovers, findLeftovers } from '../history/leftovers';
import type { MovedTrees, RemovalWorld, Trees } from '../paths/remove';
import { UNRESTRICTED } from '../rules/model';
import { parseLocation } from '../transfer/location';
import { readDataSyncRequest } from '../transfer/request';
import { withoutEmpty } from '../wire/json';
import { AS_IN_CODE, integer, model, readModel, requiredText } from '../wire/schema';
import type { BuildContextSettings } from './build-context';
import { type CleanUpCallsWorld, waitForCalls } from './clean-up/calls';
import { stopChildren } from './clean-up/children';
import { findEnd, readWholeHistory } from './clean-up/end-state';
import { type CleanUpJobsWorld, endJobs } from './clean-up/jobs';
import {
  finishRemovals,
  isInFolder,
  refuseFailures,
  withoutForeignFolder,
} from './clean-up/pending-removals';
import { findRecorded, removeRecorded } from './clean-up/recorded';
import {
  abandonBatches,
  type CleanUpTransfersWorld,
  endDataSyncTasks,
  unfinishedTransfers,
} from './clean-up/transfers';
import { type KeptOutputsWorld, keepUnstored } from './kept-outputs';
import { type RemoveDataPathsSettings, removeLocations } from './remove-data-paths';

interface CleanUpSettings
  extends Omit<BuildContextSettings, 'rules' | 'accessPoints'>,
    RemoveDataPathsSettings {}

export interface CleanUpWorld
  extends RemovalWorld,
    CleanUpCallsWorld,
    CleanUpJobsWorld,
    CleanUpTransfersWorld,
    Pick<KeptOutputsWorld, 'stores' | 'kept'> {
  readonly executions: Pick<Executions, 'describe' | 'history' | 'stop'>;
  readonly directories: OwnedDirectories;
  readonly trees: Trees & MovedTrees;
  readonly documents: Documents;
  readonly settings: CleanUpSettings;
}

interface OwnedDirectories {
  /** Returns the owner of a directory; undefined for a missing directory. */
  inspect(path: string): Promise<{ readonly owner?: string } | undefined>;
  /** Removes the empty folders in a directory, and then the directory itself if it is empty. */
  removeIfEmpty(path: string): Promise<void>;
}

const redriveCount = v.pipe(
  v.nullable(integer()),
  v.transform((count) => count ?? 0),
);
const eventSchema = model({
  detail: model({ executionArn: requiredText(), redriveCount: v.optional(redriveCount, 0) }, AS_IN_CODE),
});
const contextSchema = model({ request: v.unknown(), efs: model({ volumes: volumesSchema }) });

/**
 * Cleans up after an execution that did not succeed. A machine cannot catch a stop, a time-out, too much data in its
 * state, or an error of its definition. In these cases this step ends the jobs, nested executions and transfers, and
 * removes the files. It also removes the files of functions that ran on after the end.
 *
 * After a clean-up by the machine this step finds nothing. Results that are not stored yet stay, as they do when the
 * state StoreOutputs fails.
 *
 * @param event the event of Step Functions for the end of the execution
 * @returns `{status: REMOVED | KEPT | NOTHING_LEFT | GOES_ON}`
 * @throws JobStillRunning, RemovalFailed, DataPathInUse, the errors of AWS; send the event again after an error
 */
export async function cleanUpAfter(event: unknown, world: CleanUpWorld) {
  const { detail } = readModel(eventSchema, event);
  const { executionArn } = detail;
  const ended = await findEnd(detail, world);
  if (ended === undefined) return { status: 'GOES_ON' };
  const leftovers = await readWholeHistory(executionArn, findLeftovers, world);
  if (leftovers.contextInput === undefined) return { status: 'NOTHING_LEFT' };
  const children = await stopChildren(leftovers, ended, world);
  const transfers = await unfinishedTransfers(children, world);
  await endDataSyncTasks(transfers, world);
  const isJobDone = await endJobs(leftovers, ended, world);
  const hasWaited = await waitForCalls([leftovers, ...transfers.values()], executionArn, world);
  // A function that ran on may have started a task.
  if (hasWaited) await endDataSyncTasks(transfers, world);
  // The execution may have been redriven during the waits.
  if ((await findEnd(detail, world)) === undefined) return { status: 'GOES_ON' };
  const mayBeUnstored = isJobDone || (await isResumption(leftovers.contextInput, world));
  const isUnstored = leftovers.storing === 'begun' || (mayBeUnstored && leftovers.storing === 'not begun');
  const answer = await (isUnstored ? keepOrRemove : removeLeftovers)(leftovers, executionArn, world);
  // This comes last: it stops no writer, and its failure must not prevent the removals.
  await abandonBatches(transfers, world);
  return answer;
}

/** Keeps the directory if an output is not stored, or if the machine has kept it. */
async function keepOrRemove(leftovers: ExecutionLeftovers, executionArn: string, world: CleanUpWorld) {
  const { contextInput = '{}' } = leftovers;
  const { paths, outputs, workingDirectory } = await rebuild(contextInput, world);
  const isKept = (await world.kept.list()).some(({ kept }) => kept.execution === executionArn);
  if (isKept) return release('KEPT', executionArn, world);
  const isOwn = (await ownerOf(workingDirectory, world)) === executionArn;
  const removable = isOwn ? await keepUnstored(paths, { execution: executionArn, outputs }, world) : paths;
  return removable.length < paths.length
    ? release('KEPT', executionArn, world)
    : removeLeftovers(leftovers, executionArn, world);
}

/** Removes the records of the execution as a reader. Other executions may then remove its inputs. */
async function release(status: string, executionArn: string, world: CleanUpWorld) {
  await removeLocations([], executionArn, world);
  return { status };
}

/** Removes the files of the execution. The directory of another execution stays. */
async function removeLeftovers(
  { contextInput = '{}', wasBuilt }: ExecutionLeftovers,
  executionArn: string,
  given: CleanUpWorld,
) {
  const { paths, workingDirectory } = await rebuild(contextInput, given);
  const isForeign = async () => ![undefined, executionArn].includes(await ownerOf(workingDirectory, given));
  const world = { ...given, trees: withoutForeignFolder(workingDirectory, isForeign, given.trees) };
  if ((await ownerOf(workingDirectory, world)) === executionArn)
    return { status: 'REMOVED', ...(await removeLocations(paths, executionArn, world)) };
  const pending = await finishRemovals(paths, world);
  const kept = (await isForeign()) ? workingDirectory : undefined;
  const recorded = (await findRecorded(paths, executionArn, world)).filter(
    (location) => !isInFolder(kept, location),
  );
  const answer =
    recorded.length === 0
      ? await release(pending.isFound ? 'REMOVED' : 'NOTHING_LEFT', executionArn, world)
      : { status: 'REMOVED', ...(await removeRecorded(recorded, executionArn, world)) };
  refuseFailures(pending.failures);
  if (wasBuilt) await removeOwnerlessDirectory(workingDirectory, world);
  return answer;
}

async function ownerOf(path: string | undefined, { directories }: CleanUpWorld): Promise<string | undefined> {
  return path === undefined ? undefined : (await directories.inspect(path))?.owner;
}

/**
 * Removes the empty folders that a late function has made in the removed directory. Files in a directory without an
 * owner may belong to another execution.
 *
 * @throws RemovalFailed when the directory has files
 */
async function removeOwnerlessDirectory(
  path: string | undefined,
  { directories }: CleanUpWorld,
): Promise<void> {
  if (path === undefined || (await directories.inspect(path))?.owner !== undefined) return;
  await directories.removeIfEmpty(path);
  const left = await directories.inspect(path);
  if (left === undefined || left.owner !== undefined) return;
  throw new RemovalFailed(`${path} was removed in part and has no owner any more. Remove the rest by hand`);
}

/**
 * Builds the context again from the input of the state BuildContext, and makes nothing. Returns the paths on this file
 * system.
 */
async function rebuild(contextInput: string, world: CleanUpWorld) {
  const { request, efs } = await readContextInput(contextInput, world);
  const volumes = withoutEmpty(efs.volumes);
  // The execution began under the rules of its own deployment, and its leftovers go under every rule.
  const settings = { ...world.settings, rules: UNRESTRICTED };
  const built = buildContext(readValidRequest(request, settings), volumes, settings);
  const removals = built.response.cleanup_configs.remove_data_paths_requests.flatMap(({ paths }) => paths);
  return {
    paths: removals.map(parseLocation).filter((path) => !isOfOtherFunction(path, world.settings.routing)),
    outputs: built.response.cleanup_configs.data_sync_requests.map((each) => readDataSyncRequest(each)),
    workingDirectory: built.workingDirectory,
  };
}

async function isResumption(contextInput: string, world: CleanUpWorld): Promise<boolean> {
  return resumedExecution((await readContextInput(contextInput, world)).request) !== undefined;
}

async function readContextInput(contextInput: string, { documents }: CleanUpWorld) {
  const { request: given, efs } = readModel(contextSchema, JSON.parse(contextInput));
  return { request: await readWrittenRequest(given, documents), efs };
}
