/** From what a request calls a file system and an access point to the ones that exist. */
import {
  AccessPointAmbiguous,
  AccessPointNotFound,
  FileSystemAmbiguous,
  FileSystemNotFound,
} from '../errors';
import type { ChosenCandidate, ChosenCandidates } from './configuration';
import type { AccessPoint, FileSystem, FileSystemDirectory, Volume, Volumes } from './model';

const FILE_SYSTEM_ID = /^fs-[0-9a-f]+$/;
const ACCESS_POINT_ID = /^fsap-[0-9a-f]+$/;

/**
 * One volume a role. Everything must carry the tag `env_base` of this environment.
 *
 * @throws FileSystemNotFound, FileSystemAmbiguous, AccessPointNotFound, AccessPointAmbiguous
 */
export async function resolveVolumes(
  chosen: ChosenCandidates,
  envBase: string,
  directory: FileSystemDirectory,
): Promise<Volumes> {
  const listing = listOnce(directory);
  const [scratch, shared, tmp] = await Promise.all([
    resolveVolume(chosen.scratch, envBase, listing),
    resolveVolume(chosen.shared, envBase, listing),
    chosen.tmp === undefined ? undefined : resolveVolume(chosen.tmp, envBase, listing),
  ]);
  return { scratch, shared, ...(tmp !== undefined && { tmp }) };
}

async function resolveVolume(
  candidate: ChosenCandidate,
  envBase: string,
  directory: FileSystemDirectory,
): Promise<Volume> {
  const fileSystem =
    candidate.fileSystem === undefined
      ? undefined
      : pickFileSystem(candidate, candidate.fileSystem, envBase, await directory.fileSystems());
  const accessPoints = await directory.accessPoints(fileSystem?.fileSystemId);
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
  const what = `${role}: file system ${byId ? 'id' : 'name'} "${wanted}" with tag env_base=${envBase}`;
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
  const what = `${role}: access point ${byId ? 'id' : 'name'} "${wanted}"${where} with tag env_base=${envBase}`;
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

/** Three roles ask for the same lists: each is fetched once. */
function listOnce(directory: FileSystemDirectory): FileSystemDirectory {
  const accessPoints = new Map<string, Promise<readonly AccessPoint[]>>();
  let fileSystems: Promise<readonly FileSystem[]> | undefined;
  return {
    fileSystems() {
      fileSystems ??= directory.fileSystems();
      return fileSystems;
    },
    accessPoints(fileSystemId) {
      const key = fileSystemId ?? '';
      const listed = accessPoints.get(key) ?? directory.accessPoints(fileSystemId);
      accessPoints.set(key, listed);
      return listed;
    },
  };
}

function ids(fileSystems: readonly FileSystem[]): string {
  return fileSystems.map(({ fileSystemId }) => fileSystemId).join(', ');
}

function seen(names: readonly string[]): string {
  return names.length > 0 ? `This environment has ${names.join(', ')}.` : 'This environment has none at all.';
}
