import * as v from 'valibot';
import {
  type BuiltContext,
  buildContext as build,
  type ContextSettings,
  type EnvironmentFile,
  type ScaffoldingResponse,
} from '../context/context';
import { readValidRequest, type ValidRequest } from '../context/examine';
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
import { isScaffoldingRequest } from '../context/request';
import { resumedExecution } from '../context/resumption';
import { sizeProblems, stateBytes } from '../context/sizes';
import { workingDirectoryProblems } from '../context/stage-rules';
import { type RoutingSettings, routeToSelf, type WrittenRoute, writeRoute } from '../efs/function-routing';
import { volumesSchema } from '../efs/model';
import { type StageAccessPoints, volumeProblems } from '../efs/stage-access-points';
import { FileSystemNotMounted, refuseIfAny } from '../errors';
import { withoutEmpty } from '../wire/json';
import { model, optional, readModel, text } from '../wire/schema';
import { findKept, type Resumption, resumedTransfer, type TakeOverWorld, takeOver } from './take-over';

export interface BuildContextSettings extends LayoutSettings, ContextSettings {
  /** The access points that the stage lists for each role. */
  readonly accessPoints: StageAccessPoints;
}

export interface BuildContextWorld {
  readonly files: WorkingFiles;
  readonly settings: BuildContextSettings;
}

/** The directories and files that this step makes on a mounted file system. */
export interface WorkingFiles {
  /** Makes a directory with its parents. An existing directory is no error. */
  makeDirectory(path: string): Promise<void>;
  /**
   * Makes a directory that belongs to one execution.
   *
   * @returns true for a new directory, false when this execution has made it before
   * @throws WorkingDirectoryInUse
   */
  claimDirectory(path: string, owner: string): Promise<boolean>;
  /** Removes a directory and its contents. */
  removeDirectory(path: string): Promise<void>;
  /** Writes a file completely or not at all, and makes its folder if the file is hidden. The user of the job can read it. */
  writeFile(file: EnvironmentFile): Promise<void>;
}

const eventSchema = model({
  request: v.unknown(),
  volumes: volumesSchema,
  /**
   * The owner of the working directory; without it executions can share the directory. The original has no such field.
   */
  execution: optional(text()),
});

/**
 * Third step of a machine: `{request, volumes, execution?}` in, the contract's scaffolding response out. Makes the
 * working directory and the environment file, if this process mounts the scratch file system.
 *
 * @throws DemandValidationError, WorkingDirectoryInUse; nothing was made then
 */
export async function buildContext(event: unknown, world: BuildContextWorld) {
  const { request, volumes, execution } = readModel(eventSchema, event);
  const valid = readPermitted(request, volumes, world.settings);
  const built = build(valid, withoutEmpty(volumes), world.settings, execution);
  if (execution !== undefined) refuseIfAny(sizeProblems(built.response));
  await makeFiles(built, world.files, execution);
  return built.response;
}

/**
 * Does {@link buildContext} for an execution of a state machine. Lists that are too large for the state go to S3, and
 * the answer has their URIs. The answer's `route` leads to the functions with the file system of this function.
 *
 * For a request with the field `resumes` the step makes no directory. It takes a kept directory over, and the answer has
 * `resumes: true`.
 *
 * @throws the errors of {@link buildContext}; DemandValidationError also for a context that is still too large, and the
 * errors of {@link findKept}
 */
export async function buildContextForState(
  event: unknown,
  world: BuildContextWorld & {
    readonly documents: Documents;
    /** Returns a new id that nobody can guess. */
    readonly uniqueId: () => string;
    readonly takingOver: Pick<TakeOverWorld, 'kept' | 'directories'>;
    readonly settings: RoutingSettings;
  },
): Promise<StateResponse & { readonly route: WrittenRoute; readonly resumes: boolean }> {
  const { request: given, volumes, execution } = readModel(eventSchema, event);
  const request = await readWrittenRequest(given, world.documents);
  const route = writeRoute(routeToSelf(world.settings.routing));
  if (execution === undefined)
    return { ...(await buildContext({ request, volumes }, world)), route, resumes: false };
  const settings = { ...world.settings, hiddenName: world.uniqueId() };
  const built = build(readPermitted(request, volumes, settings), withoutEmpty(volumes), settings, execution);
  const resumption = resumptionOf(request, execution, built);
  const prepared =
    resumption === undefined
      ? { whole: built.response, own: () => makeFiles(built, world.files, execution) }
      : await resume(resumption, built.response, { ...world.takingOver, settings });
  const { response, documents } = inState(prepared.whole, executionFolder(execution, world.documents));
  refuseIfAny(sizeProblems(response));
  // The documents come first: after a later failure nothing must remove them.
  for (const [uri, document] of documents) await world.documents.writeJson(uri, document);
  await prepared.own();
  return { ...response, route, resumes: resumption !== undefined };
}

function resumptionOf(
  request: unknown,
  execution: string,
  { workingDirectory: directory }: BuiltContext,
): Resumption | undefined {
  const resumes = resumedExecution(request);
  if (resumes === undefined) return undefined;
  if (directory !== undefined) return { execution, resumes, directory };
  throw new FileSystemNotMounted(
    `The directory that ${resumes} has kept is in no file system of this function`,
  );
}

async function resume(resumption: Resumption, response: ScaffoldingResponse, world: TakeOverWorld) {
  const { cleanup_configs: cleanup } = response;
  const found = await findKept(resumption, cleanup.data_sync_requests, world);
  const requests = cleanup.data_sync_requests.map((request) =>
    resumedTransfer(request, resumption, found, world),
  );
  return {
    whole: { ...response, cleanup_configs: { ...cleanup, data_sync_requests: requests } },
    own: () => takeOver(resumption, found, world),
  };
}

/**
 * The volumes are resolved already, so the list of the stage judges them, and not the access points that the request asks
 * for: a request of the original may leave a choice to their tags.
 *
 * @throws DemandValidationError also for a volume, or the name of a folder, that the stage does not permit
 */
function readPermitted(
  given: unknown,
  volumes: v.InferOutput<typeof volumesSchema>,
  settings: BuildContextSettings,
): ValidRequest {
  const valid = readValidRequest(given, settings);
  const { executionId } = valid.request.demandExecution;
  const demandPointer = isScaffoldingRequest(given) ? '/demand_execution' : '';
  refuseIfAny([
    ...workingDirectoryProblems(executionId, settings.accessPoints, demandPointer),
    ...volumeProblems(volumes, settings.accessPoints),
  ]);
  return valid;
}

function inState(response: ScaffoldingResponse, folder: string): ResponseWithDocuments {
  const isSmall = stateBytes(response) <= USABLE_STATE_BYTES;
  return isSmall ? { response, documents: new Map() } : moveListsToDocuments(response, folder);
}

/** Makes the working directory and the environment file. @param owner the execution that the directory belongs to */
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
    // The state machine cleans up after a failure of a later step only.
    if (isClaimed) await files.removeDirectory(workingDirectory).catch(() => undefined);
    throw error;
  }
}
