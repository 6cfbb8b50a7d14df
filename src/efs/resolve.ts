/** From what a request calls a file system and an access point to the ones that exist. */
import {
  AccessPointAmbiguous,
  AccessPointNotFound,
  DemandError,
  FileSystemAmbiguous,
  FileSystemNotFound,
} from '../errors';
import { pointerOf } from '../wire/json';
import type { ChosenCandidate, ChosenCandidates } from './configuration';
import type { AccessPoint, FileSystem, FileSystemDirectory, Volume, Volumes } from './model';

const FILE_SYSTEM_ID = /^fs-[0-9a-f]+$/;
const ACCESS_POINT_ID = /^fsap-[0-9a-f]+$/;

/**
 * One volume a role. Everything must carry the tag `env_base` of this environment.
 *
 * All that is asked of the directory is asked at once. A refusal is given on new answers only: what a
 * cache does not know may have been made since.
 *
 * @throws FileSystemNotFound, FileSystemAmbiguous, AccessPointNotFound, AccessPointAmbiguous
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
  const wanted = [scratch, shared, tmp].flatMap((candidate) => candidate ?? []).map((one) => one.fileSystem);
  const ids = new Set(wanted.filter((name) => name !== undefined && FILE_SYSTEM_ID.test(name)));
  // Access points of a file system that is known by name alone could only be asked for one round trip later.
  const isNarrow = wanted.every((name) => name !== undefined && ids.has(name));
  const [fileSystems, ...accessPoints] = await Promise.all([
    wanted.some((name) => name !== undefined) ? directory.fileSystems() : [],
    ...(isNarrow ? [...ids].map((id) => directory.accessPoints(id)) : [directory.accessPoints()]),
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
  // One name can be thrown, but everything that is to be mended is told.
  if (first !== undefined) first.message = refusals.map(({ message }) => message).join('\n');
  if (first !== undefined || scratch === undefined || shared === undefined) throw first;
  return { scratch, shared, ...(tmp !== undefined && { tmp }) };
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
  existing: readonly FileSystem[],
): FileSystem {
  const byId = FILE_SYSTEM_ID.test(wanted);
  const ours = existing.filter(({ tags }) => tags.env_base === envBase);
  const matches = ours.filter(({ fileSystemId, name }) => (byId ? fileSystemId : name) === wanted);
  const [match] = matches;
  const what = `${pointerOf('file_system_configurations', role)}: file system ${byId ? 'id' : 'name'} "${wanted}" with tag env_base=${envBase}`;
  if (match === undefined)
    throw new FileSystemNotFound(
      `${what}: there is none. ${seen(ours.map(({ name, fileSystemId }) => name ?? fileSystemId))}`,
    );
  if (matches.length > 1)
    throw new FileSystemAmbiguous(
      `${what}: there are ${matches.length} (${ids(matches)}). Give one of these ids.`,
    );
  return match;
}

function pickAccessPoint(
  { role, accessPoint: wanted }: ChosenCandidate,
  envBase: string,
  fileSystem: FileSystem | undefined,
  existing: readonly AccessPoint[],
): AccessPoint {
  const byId = ACCESS_POINT_ID.test(wanted);
  const ours = existing.filter(
    ({ tags, fileSystemId }) =>
      tags.env_base === envBase && (fileSystem === undefined || fileSystemId === fileSystem.fileSystemId),
  );
  const matches = ours.filter(({ accessPointId, name }) => (byId ? accessPointId : name) === wanted);
  const [match] = matches;
  const where = fileSystem === undefined ? '' : ` of ${fileSystem.fileSystemId}`;
  const what = `${pointerOf('file_system_configurations', role)}: access point ${byId ? 'id' : 'name'} "${wanted}"${where} with tag env_base=${envBase}`;
  if (match === undefined)
    throw new AccessPointNotFound(
      `${what}: there is none. ${seen(ours.map(({ name, accessPointId }) => name ?? accessPointId))}`,
    );
  if (matches.length > 1) {
    const found = matches.map(({ accessPointId }) => accessPointId).join(', ');
    throw new AccessPointAmbiguous(
      `${what}: there are ${matches.length} (${found}). Give one of these ids, or the file system.`,
    );
  }
  return match;
}

function ids(fileSystems: readonly FileSystem[]): string {
  return fileSystems.map(({ fileSystemId }) => fileSystemId).join(', ');
}

function seen(names: readonly string[]): string {
  return names.length > 0 ? `This environment has ${names.join(', ')}.` : 'This environment has none at all.';
}
