import * as v from 'valibot';
import { type RemovalWorld, removePaths } from '../transfer/remove';
import { readRemoveDataPathsRequest } from '../transfer/request';
import { isJsonObject } from '../wire/json';
import { listOf, model, optional, readModel, text } from '../wire/schema';
import { echoPath } from './as-original';

const readerSchema = model({ reader: optional(text()) });

/**
 * Removes data from the mounted file systems: the contract's `{paths}`, or `{requests: [{paths}]}` in one call.
 *
 * Ours: `reader` beside either is the id of an execution that has ended. What it was reading, see the step
 * data-sync, is free from then on; inputs of other executions are spared.
 *
 * @returns `{size_bytes_removed, paths_removed}`
 * @throws DemandValidationError and UnsafePath before anything is removed; RemovalFailed or DataPathInUse at
 * the end
 */
export async function removeDataPaths(event: unknown, world: RemovalWorld) {
  const requests =
    isJsonObject(event) && 'requests' in event
      ? readModel(listOf(v.unknown()), event.requests, ['requests'])
      : [event];
  const paths = requests.flatMap((request) => readRemoveDataPathsRequest(request).paths);
  const { reader } = isJsonObject(event) ? readModel(readerSchema, event) : {};
  if (reader !== undefined) await world.use?.readers.drop(reader);
  const { bytesRemoved, pathsRemoved } = await removePaths(paths, world);
  return { size_bytes_removed: bytesRemoved, paths_removed: pathsRemoved.map(echoPath) };
}
