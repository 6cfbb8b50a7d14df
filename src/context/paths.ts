/**
 * The paths of an execution, in the container and on EFS. No path leaves the working directory and the mounted volumes.
 */
import { createHash } from 'node:crypto';
import type { PathRules, UnplacedTransfer } from '../demand/parameters';
import type { Refusal } from '../demand/refusals';
import type { Direction } from '../demand/resolvables';
import type { ChosenCandidate, ChosenCandidates } from '../efs/configuration';
import type { Volume, Volumes } from '../efs/model';
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

const FILE_REMOTE = /^file:\/\/\/.+$/s;

/** Returns the paths of an execution. Its id must have no `executionIdProblems`. */
export function executionPaths(
  executionId: string,
  chosen: ChosenCandidates,
  options: PathOptions,
): ExecutionPaths {
  const scratch = chosen.scratch.containerPath;
  const workingDirectory = joinPath(scratch, executionId);
  const candidates = [chosen.scratch, chosen.shared, chosen.tmp].flatMap((candidate) => candidate ?? []);
  return {
    workingDirectory,
    tmpDirectory: chosen.tmp?.containerPath ?? joinPath(scratch, 'tmp'),
    place(direction, transfer) {
      const location = remoteLocationOf(transfer.remote, options);
      if (location === undefined) return { refusal: remoteRefusal(transfer.remote, options) };
      const path = placeTransfer(direction, transfer, workingDirectory, chosen.shared.containerPath, options);
      const refusal =
        localRefusal(transfer.local, candidates, direction, options) ?? volumeRefusal(path, candidates);
      return refusal === undefined ? { location, path } : { refusal };
    },
  };
}

/** Returns the key of an input in the shared volume: the SHA-256 of its remote and its filters, in hexadecimal digits. */
export function sharedInputKey(remote: string, filters: Filters): string {
  const filtered = filters.include !== undefined || filters.exclude !== undefined;
  const identity = filtered ? pythonJson([remote, filters.include ?? [], filters.exclude ?? []]) : remote;
  return createHash('sha256').update(identity).digest('hex');
}

/** Returns the EFS location of a path in the container; undefined for a path in none of the volumes. */
export function toEfsLocation(containerPath: string, volumes: Volumes): Location | undefined {
  const all = [volumes.scratch, volumes.shared, volumes.tmp].flatMap((volume) => volume ?? []);
  const owner = ownerOf(containerPath, all);
  if (owner === undefined) return undefined;
  const rest = containerPath.slice(owner.containerPath.length);
  return efsLocation(owner.fileSystemId, joinPath(owner.accessPointPath, rest));
}

/** Returns the volume with the deepest container path around a path. A volume may be mounted inside another volume. */
export function ownerOf<T extends Pick<Volume, 'containerPath'>>(
  path: string,
  volumes: readonly T[],
): T | undefined {
  return volumes
    .filter(({ containerPath }) => isWithin(path, containerPath))
    .sort((left, right) => right.containerPath.length - left.containerPath.length)[0];
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
  candidates: readonly ChosenCandidate[],
  direction: Direction,
  { isolateInputs }: PathOptions,
): Refusal | undefined {
  if (local.split('/').includes('..'))
    return {
      message: `the local path "${local}" contains ".." and could leave the working directory`,
      remedy: 'Write a path relative to the working directory, without ".."',
    };
  const isPlacedByKey = direction === 'input' && !isolateInputs;
  if (isPlacedByKey || !local.startsWith('/')) return undefined;
  const owner = ownerOf(joinPath(local), candidates);
  if (owner?.role === 'shared') return inShared(local);
  if (owner !== undefined) return undefined;
  const volumes = candidates.map(({ containerPath }) => containerPath).join(', ');
  return {
    message: `the local path "${local}" lies in none of the mounted volumes (${volumes})`,
    remedy: 'Write a path relative to the working directory, or one below a volume',
  };
}

/** A transfer would overwrite or remove all files of a volume, or those of a volume inside the path. */
function volumeRefusal(path: string, candidates: readonly ChosenCandidate[]): Refusal | undefined {
  const contained = candidates.find(({ containerPath }) => isWithin(containerPath, path));
  return (
    contained && {
      message: `the local path "${path}" is the whole volume ${contained.role}, with the data of other executions`,
      remedy: 'Give the path of a single folder or file',
    }
  );
}

/**
 * Every execution may read a shared input, so its path follows from its remote alone. A demand that gave the path could
 * put its own data in the place of another demand's input.
 */
function inShared(local: string): Refusal {
  return {
    message: `the local path "${local}" lies in the shared volume, where jobs cannot write and other executions read`,
    remedy:
      'Write a path relative to the working directory. To share an input, set context_manager_configuration.isolate_inputs to false',
  };
}

/** Joins paths to an absolute path without `//`, without `.`, and without a slash at the end. The original writes them so. */
export function joinPath(...parts: readonly string[]): string {
  const segments = parts
    .flatMap((part) => part.split('/'))
    .filter((segment) => segment !== '' && segment !== '.');
  return `/${segments.join('/')}`;
}
