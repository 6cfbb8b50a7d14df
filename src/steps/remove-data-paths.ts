import * as v from 'valibot';
import {
  isOfOtherFunction,
  type Route,
  type RoutingSettings,
  routeSchema,
  routeToNext,
  routeToSelf,
  writeRoute,
} from '../efs/function-routing';
import { DataPathInUse, DemandError, RemovalFailed } from '../errors';
import { type RemovalSettings, type RemovalWorld, removePaths } from '../paths/remove';
import type { DemandRules, RuledWorld } from '../rules/model';
import { refuseForbiddenDocument } from '../rules/transfers';
import { type Location, textOf } from '../transfer/location';
import { readRemoveDataPathsRequest } from '../transfer/request';
import { isJsonObject } from '../wire/json';
import {
  AS_IN_CODE,
  integer,
  listOf,
  model,
  optional,
  readModel,
  requiredText,
  text,
  writeModel,
} from '../wire/schema';
import { type KeptOutputsWorld, keepUnstored, readOutputs } from './kept-outputs';
import { echoLocation } from './original-rules';

const uriSchema = v.pipe(text(), v.startsWith('s3://', 'a list, or the s3:// uri of one'));
const readerSchema = model({ reader: optional(text()) });
const failureSchema = model({ error: text(), cause: text() });
const REMOVED = { sizeBytesRemoved: integer(), pathsRemoved: listOf(text()) };
const removedSchema = model(REMOVED);
const soFarSchema = model({ ...REMOVED, failures: v.optional(listOf(failureSchema), []) });
const storingSchema = model({
  reader: requiredText(),
  failure: v.optional(model({ Error: optional(text()) }, AS_IN_CODE), {}),
});
const machineSchema = model({ route: routeSchema, soFar: soFarSchema });

type Removed = v.InferOutput<typeof removedSchema>;
type SoFar = v.InferOutput<typeof soFarSchema>;

export interface RemoveDataPathsSettings extends RemovalSettings, RoutingSettings {}

export interface RemoveDataPathsWorld extends RemovalWorld {
  /** Reads the JSON document at an s3:// URI. Required for an event with a list in S3. */
  readonly readJson?: (uri: string) => Promise<unknown>;
  /** Finds outputs that are not stored. Required for an event with outputs. */
  readonly keeping?: Pick<KeptOutputsWorld, 'stores' | 'kept' | 'clock'>;
  readonly settings: RemoveDataPathsSettings;
}

/**
 * Removes paths from the mounted file systems. The event is the contract's `{paths}`, or `{requests: [{paths}]}`. The
 * list of requests may be a JSON document in S3: `{requests: 's3://...'}`.
 *
 * The field `reader` is not in the original: it is the id of an ended execution. Its records as a reader (see the step
 * data-sync) are removed first. Inputs of other executions stay.
 *
 * A state machine's event also has `{route, so_far: {size_bytes_removed, paths_removed, failures?}}`. Each function
 * removes the paths of its own file system. After INCOMPLETE the machine calls the function of the route. The last
 * function throws the failures of all functions.
 *
 * After a failure of the state StoreOutputs the event has `{outputs, failure}` and a reader, too. A directory with an output
 * that is not stored stays, see {@link keepUnstored}.
 *
 * @returns `{size_bytes_removed, paths_removed}`, for machines also `{status: DONE | INCOMPLETE, failures, route}`
 * @throws DemandValidationError, UnsafePath before anything is removed
 * @throws RemovalFailed, DataPathInUse at the end
 */
export async function removeDataPaths(event: unknown, world: RemoveDataPathsWorld & RuledWorld) {
  const requests =
    isJsonObject(event) && 'requests' in event ? await readRequests(event.requests, world) : [event];
  const paths = requests.flatMap((request) => readRemoveDataPathsRequest(request).paths);
  const { reader } = isJsonObject(event) ? readModel(readerSchema, event) : {};
  if (!isJsonObject(event) || !('so_far' in event)) return removeLocations(paths, reader, world);
  const { route, soFar } = readModel(machineSchema, event);
  const own = paths.filter((path) => !isOfOtherFunction(path, world.settings.routing));
  return removeInTurn(await withoutUnstored(own, event, world), reader, { route, soFar }, world);
}

/**
 * Removes the paths of the mounted file systems.
 *
 * @param reader the ended execution, see {@link removeDataPaths}
 * @returns the contract's `{size_bytes_removed, paths_removed}`
 * @throws UnsafePath before anything is removed
 * @throws RemovalFailed, DataPathInUse at the end
 */
export async function removeLocations(
  paths: readonly Location[],
  reader: string | undefined,
  world: RemoveDataPathsWorld,
) {
  return writeModel(removedSchema, await removeHere(paths, reader, world));
}

async function removeHere(
  paths: readonly Location[],
  reader: string | undefined,
  world: RemoveDataPathsWorld,
): Promise<Removed> {
  if (reader !== undefined) await world.use?.readers.drop(reader);
  const { bytesRemoved, pathsRemoved } = await removePaths(paths, world);
  return {
    sizeBytesRemoved: bytesRemoved,
    pathsRemoved: pathsRemoved.map((location) => textOf(echoLocation(location))),
  };
}

async function withoutUnstored(
  paths: readonly Location[],
  event: Record<string, unknown>,
  world: RemoveDataPathsWorld,
): Promise<readonly Location[]> {
  const { keeping, readJson, signal, settings } = world;
  if (!('outputs' in event) || keeping === undefined || readJson === undefined) return paths;
  const { reader: execution, failure } = readModel(storingSchema, event);
  const outputs = await readOutputs(event.outputs, readJson);
  return keepUnstored(paths, { execution, outputs, error: failure.Error }, { ...keeping, signal, settings });
}

/** @param paths those on the file systems of this function */
async function removeInTurn(
  paths: readonly Location[],
  reader: string | undefined,
  { route, soFar }: { readonly route: Route; readonly soFar: SoFar },
  world: RemoveDataPathsWorld,
) {
  const { routing } = world.settings;
  const next = routeToNext(routing, route);
  const isOnly = next === undefined && soFar.failures.length === 0;
  const { sizeBytesRemoved, pathsRemoved, failures } = await removeHere(paths, reader, world).then(
    (removed): SoFar => ({ ...removed, failures: [] }),
    (error) => {
      if (isOnly) throw error;
      return toFailure(error);
    },
  );
  const result = {
    sizeBytesRemoved: soFar.sizeBytesRemoved + sizeBytesRemoved,
    pathsRemoved: [...soFar.pathsRemoved, ...pathsRemoved],
    failures: [...soFar.failures, ...failures],
  };
  const written = writeModel(soFarSchema, result);
  if (next !== undefined) return { ...written, status: 'INCOMPLETE', route: writeRoute(next) };
  refuseFailures(result.failures);
  return { ...written, status: 'DONE', route: writeRoute(routeToSelf(routing)) };
}

function toFailure(thrown: unknown): SoFar {
  if (!(thrown instanceof DemandError)) throw thrown;
  const { name: error, message: cause } = thrown;
  return { sizeBytesRemoved: 0, pathsRemoved: [], failures: [{ error, cause }] };
}

function refuseFailures(failures: SoFar['failures']): void {
  if (failures.length === 0) return;
  const isInUse = failures.every(({ error }) => error === 'DataPathInUse');
  throw new (isInUse ? DataPathInUse : RemovalFailed)(failures.map(({ cause }) => cause).join('\n'));
}

async function readRequests(
  given: unknown,
  { readJson, settings }: RemoveDataPathsWorld & RuledWorld,
): Promise<readonly unknown[]> {
  const requests =
    typeof given === 'string' && readJson !== undefined
      ? await readJson(readUri(given, settings.rules))
      : given;
  return readModel(listOf(v.unknown()), requests, ['requests']);
}

function readUri(given: string, rules: DemandRules): string {
  const uri = readModel(uriSchema, given, ['requests']);
  refuseForbiddenDocument('/requests', uri, rules);
  return uri;
}
