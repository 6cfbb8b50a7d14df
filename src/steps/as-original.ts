/** What the original's transfers do otherwise than their requests say, for those who built on it. */
import { DemandValidationError } from '../errors';
import { pythonPath } from '../python/path';
import { compileFilters } from '../transfer/filters';
import { type Location, textOf, withPath } from '../transfer/location';
import { type DataSyncRequest, type WrittenDataSyncRequest, writeDataSyncRequest } from '../transfer/request';

/**
 * The request as the original takes it: between two file systems nothing is deleted at the destination, and what
 * lies in S3 stays there when it is copied to a file system. Both would be a loss to who never had one.
 *
 * @throws DemandValidationError for filters between two file systems
 */
export function asOriginal(request: DataSyncRequest): DataSyncRequest {
  const { sourcePath, destinationPath } = request;
  if (!destinationPath.scheme.isFileSystem) return request;
  if (!sourcePath.scheme.isFileSystem) return { ...request, retainSourceData: true };
  if (!compileFilters(request.filterConfig).isEmpty) refuseFilters(request);
  return { ...request, delete: false };
}

/** The request as an answer repeats it. */
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

/** A path of this machine as Python's `Path` has it, any other location as it is. */
export function echoLocation(location: Location): Location {
  return location.scheme.namedBy === 'python path' ? withPath(location, pythonPath(location.path)) : location;
}

function refuseFilters({ sourcePath, destinationPath }: DataSyncRequest): never {
  throw new DemandValidationError([
    {
      pointer: '/filter_config',
      message: `filters do not apply from ${textOf(sourcePath)} to ${textOf(destinationPath)}, neither is in S3`,
      remedy: 'Leave the filters out, or have one side in S3',
    },
  ]);
}
