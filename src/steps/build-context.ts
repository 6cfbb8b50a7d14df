import * as v from 'valibot';
import {
  type BuiltContext,
  buildContext as build,
  type ContextSettings,
  type EnvironmentFile,
  type ScaffoldingResponse,
} from '../context/context';
import { readValidRequest } from '../context/examine';
import type { LayoutSettings } from '../context/layout';
import {
  type Documents,
  executionFolder,
  moveListsToDocuments,
  type ResponseWithDocuments,
  readWrittenRequest,
  type StateResponse,
  USABLE_STATE_BYTES,
} from '../context/references';
import { sizeProblems, stateBytes } from '../context/sizes';
import { type RoutingSettings, routeToSelf, type WrittenRoute, writeRoute } from '../efs/function-routing';
import { volumesSchema } from '../efs/model';
import { refuseIfAny } from '../errors';
import { withoutEmpty } from '../wire/json';
import { model, optional, readModel, text } from '../wire/schema';

export interface BuildContextSettings extends LayoutSettings, ContextSettings {}

export interface BuildContextWorld {
  readonly files: WorkingFiles;
  readonly settings: BuildContextSettings;
}

/** What this step leaves on a mounted file system. */
export interface WorkingFiles {
  /** With its parents; one that is there already is no error. */
  makeDirectory(path: string): Promise<void>;
  /**
   * The same for one execution alone.
   *
   * @returns whether it was made now; false when this execution had made it already
   * @throws WorkingDirectoryInUse
   */
  claimDirectory(path: string, owner: string): Promise<boolean>;
  /** With all that is in it. */
  removeDirectory(path: string): Promise<void>;
  /** Whole or not at all, readable by the job's user. */
  writeFile(file: EnvironmentFile): Promise<void>;
}

const eventSchema = model({
  request: v.unknown(),
  volumes: volumesSchema,
  /** Ours: who the working directory belongs to; without it anybody may share it. */
  execution: optional(text()),
});

/**
 * Third step: `{request, volumes, execution?}` in; the contract's scaffolding response out. Makes the working
 * directory and the environment file where the scratch file system is mounted.
 *
 * @throws DemandValidationError, WorkingDirectoryInUse; nothing has been made then
 */
export async function buildContext(event: unknown, world: BuildContextWorld) {
  const { request, volumes, execution } = readModel(eventSchema, event);
  const built = build(readValidRequest(request, world.settings), withoutEmpty(volumes), world.settings);
  if (execution !== undefined) refuseIfAny(sizeProblems(built.response));
  await makeFiles(built, world.files, execution);
  return built.response;
}

/**
 * The same for an execution of a state machine: what is too large for its state is written to S3 and referred to; and
 * a `route` to the functions that have the same file system as this one.
 *
 * @throws DemandValidationError for what is too large even so
 */
export async function buildContextForState(
  event: unknown,
  world: BuildContextWorld & { readonly documents: Documents; readonly settings: RoutingSettings },
): Promise<StateResponse & { readonly route: WrittenRoute }> {
  const { request: given, volumes, execution } = readModel(eventSchema, event);
  const request = await readWrittenRequest(given, world.documents);
  const route = writeRoute(routeToSelf(world.settings.routing));
  if (execution === undefined) return { ...(await buildContext({ request, volumes }, world)), route };
  const built = build(readValidRequest(request, world.settings), withoutEmpty(volumes), world.settings);
  const { response, documents } = inState(built.response, executionFolder(execution, world.documents));
  refuseIfAny(sizeProblems(response));
  // First, as nobody has to take them away again.
  for (const [uri, document] of documents) await world.documents.writeJson(uri, document);
  await makeFiles(built, world.files, execution);
  return { ...response, route };
}

function inState(response: ScaffoldingResponse, folder: string): ResponseWithDocuments {
  const isSmall = stateBytes(response) <= USABLE_STATE_BYTES;
  return isSmall ? { response, documents: new Map() } : moveListsToDocuments(response, folder);
}

/** @param owner the execution that has the working directory to itself */
export async function makeFiles(
  { workingDirectory, environmentFile }: BuiltContext,
  files: WorkingFiles,
  owner?: string,
): Promise<void> {
  if (workingDirectory === undefined) return;
  const isClaimed = owner !== undefined && (await files.claimDirectory(workingDirectory, owner));
  if (owner === undefined) await files.makeDirectory(workingDirectory);
  try {
    if (environmentFile !== undefined) await files.writeFile(environmentFile);
  } catch (error) {
    // Nobody else would know of it: the state machine cleans up from the next step on.
    if (isClaimed) await files.removeDirectory(workingDirectory).catch(() => undefined);
    throw error;
  }
}
