/** Rules of the original that a request does not show. State machines of the original rely on them. */
import { DemandValidationError } from '../errors';
import { pythonPath } from '../python/path';
import { compileFilters } from '../transfer/filters';
import { type Location, textOf, withPath } from '../transfer/location';
import { type DataSyncRequest, type WrittenDataSyncRequest, writeDataSyncRequest } from '../transfer/request';

/**
 * Applies the rules of the original. A transfer between two file systems deletes nothing at the destination. A transfer
 * from S3 to a file system keeps the source.
 *
 * @throws DemandValidationError for filters between two file systems
 */
export function applyOriginalRules(request: DataSyncRequest): DataSyncRequest {
  const { sourcePath, destinationPath } = request;
  if (!destinationPath.scheme.isFileSystem) return request;
  if (!sourcePath.scheme.isFileSystem) return { ...request, retainSourceData: true };
  if (!compileFilters(request.filterConfig).isEmpty) refuseFilters(request);
  return { ...request, delete: false };
}

/** Returns the request in the form in which an answer repeats it. */
export function echoRequest(request: DataSyncRequest): WrittenDataSyncRequest {
  const { remoteToLocalConfig: config } = request;
  return writeDataSyncRequest({
    ...request,
    sourcePath: echoLocation(request.sourcePath),
    destinationPath: echoLocation(request.destinationPath),
    ...(config.customTmpDir !== undefined && {
      remoteToLocalConfig: { ...config, customTmpDir: pythonPath(config.customTmpDir) },
    }),
  });
}

/** Returns a local path in the form of Python's `Path`, and any other location unchanged. */
export function echoLocation(location: Location): Location {
  return location.scheme.namedBy === 'python path' ? withPath(location, pythonPath(location.path)) : location;
}

function refuseFilters({ sourcePath, destinationPath }: DataSyncRequest): never {
  throw new DemandValidationError([
    {
      pointer: '/filter_config',
      message: `filters do not apply from ${textOf(sourcePath)} to ${textOf(destinationPath)}: both are file systems`,
      remedy: 'Remove the filters, or give a source or a destination in S3',
    },
  ]);
}
