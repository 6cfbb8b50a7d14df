import * as v from 'valibot';
import { buildContext } from '../context/context';
import { readValidRequest } from '../context/examine';
import { type Documents, readWrittenRequest } from '../context/references';
import { isOfOtherFunction } from '../efs/function-routing';
import { volumesSchema } from '../efs/model';
import { RemovalFailed } from '../errors';
import type { Executions } from '../history/executions';
import { type ExecutionLeftovers, findLeftovers } from '../history/leftovers';
import type { MovedTrees, RemovalWorld, Trees } from '../paths/remove';
import { parseLocation } from '../transfer/location';
import { withoutEmpty } from '../wire/json';
import { AS_IN_CODE, integer, model, readModel, requiredText } from '../wire/schema';
import type { BuildContextSettings } from './build-context';
import { type CleanUpCallsWorld, waitForCalls } from './clean-up/calls';
import { stopChildren } from './clean-up/children';
import { endOf, readToTheEnd } from './clean-up/end-state';
import { type CleanUpJobsWorld, endJobs } from './clean-up/jobs';
import { endRemovals, isIn, refuseFailures, sparing } from './clean-up/pending-removals';
import { recordedIn, removeRecorded } from './clean-up/recorded';
import {
  abandonBatches,
  type CleanUpTransfersWorld,
  endDataSyncTasks,
  unfinishedTransfers,
} from './clean-up/transfers';
import { type RemoveDataPathsSettings, removeLocations } from './remove-data-paths';

interface CleanUpSettings extends BuildContextSettings, RemoveDataPathsSettings {}

export interface CleanUpWorld
  extends RemovalWorld,
    CleanUpCallsWorld,
    CleanUpJobsWorld,
    CleanUpTransfersWorld {
  readonly executions: Pick<Executions, 'describe' | 'history' | 'stop'>;
  readonly directories: OwnedDirectories;
  readonly trees: Trees & MovedTrees;
  readonly documents: Documents;
  readonly settings: CleanUpSettings;
}

interface OwnedDirectories {
  /** Undefined when nothing is there. */
  inspect(path: string): Promise<{ readonly owner?: string } | undefined>;
  /** Removes a folder with nothing but folders in it; any other stays, without its empty folders. */
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
 * The end of an execution that did not succeed, as Step Functions tells of it, in. Ends what is still running for it
 * and removes what it has left, where the machine itself could not: after a stop, a time-out, too much data in its
 * state, or an error of its definition, none of which it can catch; and what functions left that went on after it.
 *
 * Where it could, this finds nothing. Results that are not stored yet stay, as they do when storing them fails.
 *
 * @returns `{status: REMOVED | KEPT | NOTHING_LEFT | GOES_ON}`
 * @throws JobStillRunning, RemovalFailed, DataPathInUse, and whatever AWS fails with: it is to be called again
 */
export async function cleanUpAfter(event: unknown, world: CleanUpWorld) {
  const { detail } = readModel(eventSchema, event);
  const { executionArn } = detail;
  const ended = await endOf(detail, world);
  if (ended === undefined) return { status: 'GOES_ON' };
  const leftovers = await readToTheEnd(executionArn, findLeftovers, world);
  if (leftovers.contextInput === undefined) return { status: 'NOTHING_LEFT' };
  const children = await stopChildren(leftovers, ended, world);
  const transfers = await unfinishedTransfers(children, world);
  await endDataSyncTasks(transfers, world);
  const isJobDone = await endJobs(leftovers, ended, world);
  const hasWaited = await waitForCalls([leftovers, ...transfers.values()], executionArn, world);
  // A call that went on may have begun one.
  if (hasWaited) await endDataSyncTasks(transfers, world);
  // Whoever redrives it may do so while all that is waited for.
  if ((await endOf(detail, world)) === undefined) return { status: 'GOES_ON' };
  const isUnstored = leftovers.storing === 'begun' || (isJobDone && leftovers.storing === 'not begun');
  const answer = isUnstored
    ? await release('KEPT', executionArn, world)
    : await removeLeftovers(leftovers, executionArn, world);
  // Last, as it keeps nobody from writing, and its failure nothing from being removed.
  await abandonBatches(transfers, world);
  return answer;
}

/** What it was reading, others may remove. */
async function release(status: string, executionArn: string, world: CleanUpWorld) {
  await removeLocations([], executionArn, world);
  return { status };
}

/** Nobody else's directory is ever touched, and a part of one that names nobody is told of. */
async function removeLeftovers(
  { contextInput = '{}', wasBuilt }: ExecutionLeftovers,
  executionArn: string,
  given: CleanUpWorld,
) {
  const { paths, workingDirectory } = await rebuild(contextInput, given);
  const isOthers = async () => ![undefined, executionArn].includes(await ownerOf(workingDirectory, given));
  const world = { ...given, trees: sparing(workingDirectory, isOthers, given.trees) };
  if ((await ownerOf(workingDirectory, world)) === executionArn)
    return { status: 'REMOVED', ...(await removeLocations(paths, executionArn, world)) };
  const moved = await endRemovals(paths, world);
  const kept = (await isOthers()) ? workingDirectory : undefined;
  const recorded = (await recordedIn(paths, executionArn, world)).filter((location) => !isIn(kept, location));
  const answer =
    recorded.length === 0
      ? await release(moved.isFound ? 'REMOVED' : 'NOTHING_LEFT', executionArn, world)
      : { status: 'REMOVED', ...(await removeRecorded(recorded, executionArn, world)) };
  refuseFailures(moved.failures);
  if (wasBuilt) await removeNobodys(workingDirectory, world);
  return answer;
}

async function ownerOf(path: string | undefined, { directories }: CleanUpWorld): Promise<string | undefined> {
  return path === undefined ? undefined : (await directories.inspect(path))?.owner;
}

/** Folders that a late function has made where the directory was go; more than that may be anybody's. */
async function removeNobodys(path: string | undefined, { directories }: CleanUpWorld): Promise<void> {
  if (path === undefined || (await directories.inspect(path))?.owner !== undefined) return;
  await directories.removeIfEmpty(path);
  const left = await directories.inspect(path);
  if (left === undefined || left.owner !== undefined) return;
  throw new RemovalFailed(
    `${path} was removed in part and names no execution any more. Remove what is left of it`,
  );
}

/** As BuildContext laid it out, from the same input, without making anything; of paths those on this file system. */
async function rebuild(contextInput: string, world: CleanUpWorld) {
  const { request: given, efs } = readModel(contextSchema, JSON.parse(contextInput));
  const request = await readWrittenRequest(given, world.documents);
  const volumes = withoutEmpty(efs.volumes);
  const built = buildContext(readValidRequest(request, world.settings), volumes, world.settings);
  const removals = built.response.cleanup_configs.remove_data_paths_requests.flatMap(({ paths }) => paths);
  return {
    paths: removals.map(parseLocation).filter((path) => !isOfOtherFunction(path, world.settings.routing)),
    workingDirectory: built.workingDirectory,
  };
}
