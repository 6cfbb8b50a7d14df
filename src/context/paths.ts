/**
 * The paths of an execution, in the container and on EFS. No path leaves the working directory and the mounted volumes.
 */
import { createHash } from 'node:crypto';
import { FILE_NAME_BYTES } from '../aws-limits';
import type { PathRules, UnplacedTransfer } from '../demand/parameters';
import type { Refusal } from '../demand/refusals';
import type { Direction } from '../demand/resolvables';
import type { ChosenCandidate, ChosenCandidates } from '../efs/configuration';
import type { Volume, Volumes } from '../efs/model';
import type { Problem } from '../errors';
import { pythonJson } from '../python/json';
import type { Filters } from '../transfer/filters';
import { type Location, tryParseLocation } from '../transfer/location';
import { efsLocation } from '../transfer/schemes/file-systems';
import { S3_URI } from '../transfer/schemes/s3';

export interface ExecutionPaths extends PathRules {
  /** `<scratch>/<execution_id>`, in the container. */
  readonly workingDirectory: string;
  /** The value of TMPDIR in the container. */
  readonly tmpDirectory: string;
}

export interface PathOptions {
  /** True: inputs go to the working directory. False: inputs go to the shared volume, each below its own key. */
  readonly isolateInputs: boolean;
  /** True: `file:///...` is a valid remote, as on a developer's machine. */
  readonly allowFileRemotes: boolean;
}

const PLAIN_NAME = 'Use a plain name such as a UUID: it becomes the name of the working directory';
const FILE_REMOTE = /^file:\/\/\/.+$/s;

/** Returns the paths of an execution. Its id must have no {@link executionIdProblems}. */
export function executionPaths(
  executionId: string,
  chosen: ChosenCandidates,
  options: PathOptions,
): ExecutionPaths {
  const scratch = chosen.scratch.containerPath;
  const workingDirectory = joinPath(scratch, executionId);
  const volumePaths = [chosen.scratch, chosen.shared, chosen.tmp].flatMap(
    (candidate) => candidate?.containerPath ?? [],
  );
  return {
    workingDirectory,
    tmpDirectory: chosen.tmp?.containerPath ?? joinPath(scratch, 'tmp'),
    place(direction, transfer) {
      const location = remoteLocationOf(transfer.remote, options);
      if (location === undefined) return { refusal: remoteRefusal(transfer.remote, options) };
      const refusal = localRefusal(transfer.local, volumePaths, direction, options);
      if (refusal !== undefined) return { refusal };
      return {
        location,
        path: placeTransfer(direction, transfer, workingDirectory, chosen.shared.containerPath, options),
      };
    },
  };
}

/** Returns the problems of an id as the name of the working directory. The whole directory is removed at the end. */
export function executionIdProblems(executionId: string, chosen: ChosenCandidates): Problem[] {
  const pointer = '/execution_id';
  const message = explainId(executionId);
  if (message !== undefined) return [{ pointer, message, remedy: PLAIN_NAME }];
  const workingDirectory = joinPath(chosen.scratch.containerPath, executionId);
  return [chosen.shared, chosen.tmp].flatMap((volume) =>
    volume !== undefined && isWithin(volume.containerPath, workingDirectory)
      ? [{ pointer, ...volumeInside(workingDirectory, volume) }]
      : [],
  );
}

/** Returns the key of an input in the shared volume: the SHA-256 of its remote and its filters, in hexadecimal digits. */
export function sharedInputKey(remote: string, filters: Filters): string {
  const filtered = filters.include !== undefined || filters.exclude !== undefined;
  const identity = filtered ? pythonJson([remote, filters.include ?? [], filters.exclude ?? []]) : remote;
  return createHash('sha256').update(identity).digest('hex');
}

/** Returns the EFS location of a path in the container; undefined for a path in none of the volumes. */
export function toEfsLocation(containerPath: string, volumes: Volumes): Location | undefined {
  const owners = [volumes.scratch, volumes.shared, volumes.tmp]
    .filter(
      (volume): volume is Volume => volume !== undefined && isWithin(containerPath, volume.containerPath),
    )
    .sort((left, right) => right.containerPath.length - left.containerPath.length);
  const [owner] = owners;
  if (owner === undefined) return undefined;
  const rest = containerPath.slice(owner.containerPath.length);
  return efsLocation(owner.fileSystemId, joinPath(owner.accessPointPath, rest));
}

/** Returns true for the folder itself and for paths below the folder. (`foo-bar` is not within `foo`.) */
export function isWithin(path: string, folder: string): boolean {
  if (!path.startsWith(folder)) return false;
  return path.length === folder.length || folder.endsWith('/') || path[folder.length] === '/';
}

function placeTransfer(
  direction: Direction,
  { local, remote, filters }: UnplacedTransfer,
  workingDirectory: string,
  shared: string,
  { isolateInputs }: PathOptions,
): string {
  if (direction === 'input' && !isolateInputs) return joinPath(shared, sharedInputKey(remote, filters));
  return local.startsWith('/') ? joinPath(local) : joinPath(workingDirectory, local);
}

function explainId(executionId: string): string | undefined {
  if (executionId.includes('/') || executionId.includes('\0'))
    return `"${executionId}" contains a "/" or a NUL character and would leave the working directory`;
  if (['', '.', '..'].includes(executionId)) return `"${executionId}" does not name a directory of its own`;
  if (executionId === 'tmp') return '"tmp" is the folder of the temporary files of all jobs';
  if (Buffer.byteLength(executionId) > FILE_NAME_BYTES)
    return `the id is longer than the ${FILE_NAME_BYTES} bytes of a file name`;
  return undefined;
}

function volumeInside(workingDirectory: string, { role, containerPath }: ChosenCandidate): Refusal {
  return {
    message: `the working directory "${workingDirectory}" would contain the volume ${role} (${containerPath})`,
    remedy: `Give another id, or give ${role} a container_path outside of the container_path of scratch`,
  };
}

function remoteLocationOf(remote: string, options: PathOptions): Location | undefined {
  return mayBeRemote(remote, options) ? tryParseLocation(remote) : undefined;
}

function mayBeRemote(remote: string, { allowFileRemotes }: PathOptions): boolean {
  return S3_URI.test(remote.replaceAll('\0', '')) || (allowFileRemotes && FILE_REMOTE.test(remote));
}

function remoteRefusal(remote: string, options: PathOptions): Refusal {
  if (mayBeRemote(remote, options))
    return {
      message: `${JSON.stringify(remote)} contains a NUL character or an invalid "%" escape`,
      remedy: 'Remove it; in a file:// uri, write "%25" for the character "%"',
    };
  return {
    message: `"${remote}" is not an s3:// uri with a bucket of 3 to 63 letters, digits, dots and dashes`,
    remedy: 'Write it as s3://bucket/key',
  };
}

function localRefusal(
  local: string,
  volumePaths: readonly string[],
  direction: Direction,
  { isolateInputs }: PathOptions,
): Refusal | undefined {
  if (local.split('/').includes('..'))
    return {
      message: `the local path "${local}" contains ".." and could leave the working directory`,
      remedy: 'Write a path relative to the working directory, without ".."',
    };
  const placedByKey = direction === 'input' && !isolateInputs;
  if (
    placedByKey ||
    !local.startsWith('/') ||
    volumePaths.some((folder) => isWithin(joinPath(local), folder))
  )
    return undefined;
  return {
    message: `the local path "${local}" lies in none of the mounted volumes (${volumePaths.join(', ')})`,
    remedy: 'Write a path relative to the working directory, or one below a volume',
  };
}

/** Joins paths to an absolute path without `//`, without `.`, and without a slash at the end. The original writes them so. */
export function joinPath(...parts: readonly string[]): string {
  const segments = parts
    .flatMap((part) => part.split('/'))
    .filter((segment) => segment !== '' && segment !== '.');
  return `/${segments.join('/')}`;
}
