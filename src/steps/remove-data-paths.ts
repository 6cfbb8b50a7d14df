import * as v from 'valibot';
import { type RemovalWorld, removePaths } from '../transfer/remove';
import { readRemoveDataPathsRequest } from '../transfer/request';
import { isJsonObject } from '../wire/json';
import { listOf, readModel } from '../wire/schema';

/**
 * Removes data from the mounted file systems: the contract's `{paths}`, or `{requests: [{paths}]}` in one call.
 *
 * @returns `{size_bytes_removed, paths_removed}`
 * @throws DemandValidationError and UnsafePath before anything is removed; RemovalFailed at the end
 */
export async function removeDataPaths(event: unknown, world: RemovalWorld) {
  const requests =
    isJsonObject(event) && 'requests' in event
      ? readModel(listOf(v.unknown()), event.requests, ['requests'])
      : [event];
  const paths = requests.flatMap((request) => readRemoveDataPathsRequest(request).paths);
  const { bytesRemoved, pathsRemoved } = await removePaths(paths, world);
  return { size_bytes_removed: bytesRemoved, paths_removed: pathsRemoved };
}
