/** Finds the existing file systems and access points for the names or ids in a request. */
import {
  AccessPointAmbiguous,
  AccessPointNotFound,
  DemandError,
  FileSystemAmbiguous,
  FileSystemNotFound,
} from '../errors';
import { pointerOf, withoutEmpty } from '../wire/json';
import type { ChosenCandidate, ChosenCandidates } from './configuration';
import type { AccessPoint, FileSystem, FileSystemDirectory, Volume, Volumes } from './model';

const FILE_SYSTEM_ID = /^fs-[0-9a-f]+$/;
const ACCESS_POINT_ID = /^fsap-[0-9a-f]+$/;

/**
 * Returns one volume for each role. File systems and access points must have the tag `env_base` of this environment.
 *
 * All calls to the directory run at the same time. A cached answer never leads to a refusal: the directory is then asked
 * again, because the resource may be newer than the answer.
 *
 * @throws FileSystemNotFound, FileSystemAmbiguous, AccessPointNotFound, AccessPointAmbiguous. The message has one line for
 *   each role with a mistake; the name of the error is that of the first mistake.
 */
export async function resolveVolumes(
  chosen: ChosenCandidates,
  envBase: string,
  directory: FileSystemDirectory,
): Promise<Volumes> {
  try {
    return pickVolumes(chosen, envBase, await listFor(chosen, directory));
  } catch (error) {
    const fresh = error instanceof DemandError ? directory.refreshed?.() : undefined;
    if (fresh === undefined) throw error;
    return pickVolumes(chosen, envBase, await listFor(chosen, fresh));
  }
}

interface Listing {
  readonly fileSystems: readonly FileSystem[];
  readonly accessPoints: readonly AccessPoint[];
}

async function listFor(
  { scratch, shared, tmp }: ChosenCandidates,
  directory: FileSystemDirectory,
): Promise<Listing> {
  const wanted = [scratch, shared, tmp]
    .flatMap((candidate) => candidate ?? [])
    .map(({ fileSystem }) => fileSystem);
  const ids = new Set(wanted.filter((name) => name !== undefined && FILE_SYSTEM_ID.test(name)));
  // A file system that is given by its name has an unknown id. A call for its access points would have to wait for the id.
  const areIdsGiven = wanted.every((name) => name !== undefined && ids.has(name));
  const [fileSystems, ...accessPoints] = await Promise.all([
    wanted.some((name) => name !== undefined) ? directory.fileSystems() : [],
    ...(areIdsGiven ? [...ids].map((id) => directory.accessPoints(id)) : [directory.accessPoints()]),
  ]);
  return { fileSystems, accessPoints: accessPoints.flat() };
}

function pickVolumes(chosen: ChosenCandidates, envBase: string, listing: Listing): Volumes {
  const refusals: DemandError[] = [];
  const pick = (candidate: ChosenCandidate) => {
    try {
      return pickVolume(candidate, envBase, listing);
    } catch (error) {
      if (!(error instanceof DemandError)) throw error;
      refusals.push(error);
      return undefined;
    }
  };
  const [scratch, shared, tmp] = [pick(chosen.scratch), pick(chosen.shared), chosen.tmp && pick(chosen.tmp)];
  const [first] = refusals;
  // Only one error can be thrown, so its message has the mistakes of all roles.
  if (first !== undefined) first.message = refusals.map(({ message }) => message).join('\n');
  if (first !== undefined || scratch === undefined || shared === undefined) throw first;
  return { scratch, shared, ...withoutEmpty({ tmp }) };
}

function pickVolume(
  candidate: ChosenCandidate,
  envBase: string,
  { fileSystems, accessPoints }: Listing,
): Volume {
  const fileSystem =
    candidate.fileSystem === undefined
      ? undefined
      : pickFileSystem(candidate, candidate.fileSystem, envBase, fileSystems);
  const accessPoint = pickAccessPoint(candidate, envBase, fileSystem, accessPoints);
  return {
    role: candidate.role,
    fileSystemId: accessPoint.fileSystemId,
    accessPointId: accessPoint.accessPointId,
    accessPointPath: accessPoint.path,
    containerPath: candidate.containerPath,
  };
}

function pickFileSystem(
  { role }: ChosenCandidate,
  wanted: string,
  envBase: string,
  fileSystems: readonly FileSystem[],
): FileSystem {
  const byId = FILE_SYSTEM_ID.test(wanted);
  const ours = fileSystems.filter(({ tags }) => tags.env_base === envBase);
  const matches = ours.filter(({ fileSystemId, name }) => (byId ? fileSystemId : name) === wanted);
  const [match] = matches;
  const request = `${pointerOf('file_system_configurations', role)}: file system ${byId ? 'id' : 'name'} "${wanted}" with tag env_base=${envBase}`;
  if (match === undefined)
    throw new FileSystemNotFound(
      `${request} does not exist. ${existing(ours.map(({ name, fileSystemId }) => name ?? fileSystemId))}`,
    );
  if (matches.length > 1)
    throw new FileSystemAmbiguous(
      `${request} matches ${matches.length} file systems (${ids(matches)}). Give one of these ids.`,
    );
  return match;
}

function pickAccessPoint(
  { role, accessPoint: wanted }: ChosenCandidate,
  envBase: string,
  fileSystem: FileSystem | undefined,
  accessPoints: readonly AccessPoint[],
): AccessPoint {
  const byId = ACCESS_POINT_ID.test(wanted);
  const ours = accessPoints.filter(
    ({ tags, fileSystemId }) =>
      tags.env_base === envBase && (fileSystem === undefined || fileSystemId === fileSystem.fileSystemId),
  );
  const matches = ours.filter(({ accessPointId, name }) => (byId ? accessPointId : name) === wanted);
  const [match] = matches;
  const owner = fileSystem === undefined ? '' : ` of ${fileSystem.fileSystemId}`;
  const request = `${pointerOf('file_system_configurations', role)}: access point ${byId ? 'id' : 'name'} "${wanted}"${owner} with tag env_base=${envBase}`;
  if (match === undefined)
    throw new AccessPointNotFound(
      `${request} does not exist. ${existing(ours.map(({ name, accessPointId }) => name ?? accessPointId))}`,
    );
  if (matches.length > 1) {
    const found = matches.map(({ accessPointId }) => accessPointId).join(', ');
    throw new AccessPointAmbiguous(
      `${request} matches ${matches.length} access points (${found}). Give one of these ids, or the file system.`,
    );
  }
  return match;
}

function ids(fileSystems: readonly FileSystem[]): string {
  return fileSystems.map(({ fileSystemId }) => fileSystemId).join(', ');
}

function existing(names: readonly string[]): string {
  return `This environment has ${names.length > 0 ? names.join(', ') : 'none'}.`;
}
