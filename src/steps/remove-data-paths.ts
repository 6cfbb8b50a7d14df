import * as v from 'valibot';
import { type RemovalWorld, removePaths } from '../transfer/remove';
import { readRemoveDataPathsRequest } from '../transfer/request';
import { isJsonObject } from '../wire/json';
import { listOf, model, optional, readModel, text } from '../wire/schema';
import { echoPath } from './as-original';

const uriSchema = v.pipe(text(), v.startsWith('s3://', 'a list, or the s3:// uri of one'));
const readerSchema = model({ reader: optional(text()) });

export interface RemoveDataPathsWorld extends RemovalWorld {
  /** Reads a JSON document at an s3:// uri. */
  readonly readJson?: (uri: string) => Promise<unknown>;
}

/**
 * Removes data from the mounted file systems: the contract's `{paths}`, or `{requests: [{paths}]}` in one call,
 * whose list may also be in S3: `{requests: 's3://...'}`.
 *
 * Ours: `reader` beside either is the id of an execution that has ended. What it was reading, see the step
 * data-sync, is free from then on; inputs of other executions are spared.
 *
 * @returns `{size_bytes_removed, paths_removed}`
 * @throws DemandValidationError and UnsafePath before anything is removed; RemovalFailed or DataPathInUse at
 * the end
 */
export async function removeDataPaths(event: unknown, world: RemoveDataPathsWorld) {
  const requests =
    isJsonObject(event) && 'requests' in event ? await readRequests(event.requests, world) : [event];
  const paths = requests.flatMap((request) => readRemoveDataPathsRequest(request).paths);
  const { reader } = isJsonObject(event) ? readModel(readerSchema, event) : {};
  if (reader !== undefined) await world.use?.readers.drop(reader);
  const { bytesRemoved, pathsRemoved } = await removePaths(paths, world);
  return { size_bytes_removed: bytesRemoved, paths_removed: pathsRemoved.map(echoPath) };
}

async function readRequests(given: unknown, { readJson }: RemoveDataPathsWorld): Promise<readonly unknown[]> {
  const requests =
    typeof given === 'string' && readJson !== undefined ? await readJson(readUri(given)) : given;
  return readModel(listOf(v.unknown()), requests, ['requests']);
}

function readUri(given: string): string {
  return readModel(uriSchema, given, ['requests']);
}
