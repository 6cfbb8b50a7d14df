/** Finds the existing file systems and access points for the names or ids in a request. */
import {
  AccessPointAmbiguous,
  AccessPointNotFound,
  DemandError,
  DemandValidationError,
  FileSystemAmbiguous,
  FileSystemNotFound,
} from '../errors';
import { withoutFinalSlashes } from '../transfer/location';
import { pointerOf, withoutEmpty } from '../wire/json';
import type { ChosenCandidate, ChosenCandidates } from './configuration';
import type { AccessPoint, FileSystem, FileSystemDirectory, Volume, Volumes } from './model';
import { isListed, notListed, type StageAccessPoint } from './stage-access-points';

const FILE_SYSTEM_ID = /^fs-[0-9a-f]+$/;
const ACCESS_POINT_ID = /^fsap-[0-9a-f]+$/;

export interface ResolveSettings {
  /** The value of the tag `env_base` of our file systems and access points. */
  readonly envBase: string;
  /** The access points that the stage lists for each role. */
  readonly accessPoints: readonly StageAccessPoint[];
}

/**
 * Returns one volume for each role. File systems and access points must have the tag `env_base` of this environment, and
 * the stage must list the access point for the role.
 *
 * All calls to the directory run at the same time. A cached answer never leads to a refusal: the directory is then asked
 * again, because the resource may be newer than the answer.
 *
 * @throws FileSystemNotFound, FileSystemAmbiguous, AccessPointNotFound, AccessPointAmbiguous, and DemandValidationError for
 *   an access point that the stage does not list. The message has one line for each role with a mistake; the name of the
 *   error is that of the first mistake.
 */
export async function resolveVolumes(
  chosen: ChosenCandidates,
  settings: ResolveSettings,
  directory: FileSystemDirectory,
): Promise<Volumes> {
  try {
    return pickVolumes(chosen, settings, await listFor(chosen, directory));
  } catch (error) {
    const fresh = error instanceof DemandError ? directory.refreshed?.() : undefined;
    if (fresh === undefined) throw error;
    return pickVolumes(chosen, settings, await listFor(chosen, fresh));
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

function pickVolumes(chosen: ChosenCandidates, settings: ResolveSettings, listing: Listing): Volumes {
  const refusals: DemandError[] = [];
  const pick = (candidate: ChosenCandidate) => {
    try {
      return pickVolume(candidate, settings, listing);
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
  settings: ResolveSettings,
  { fileSystems, accessPoints }: Listing,
): Volume {
  const fileSystem =
    candidate.fileSystem === undefined
      ? undefined
      : pickFileSystem(candidate, candidate.fileSystem, settings.envBase, fileSystems);
  const accessPoint = pickAccessPoint(candidate, settings, fileSystem, accessPoints);
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
  { envBase, accessPoints: listed }: ResolveSettings,
  fileSystem: FileSystem | undefined,
  accessPoints: readonly AccessPoint[],
): AccessPoint {
  const byId = ACCESS_POINT_ID.test(wanted);
  const ours = accessPoints.filter(
    ({ tags, fileSystemId }) =>
      tags.env_base === envBase && (fileSystem === undefined || fileSystemId === fileSystem.fileSystemId),
  );
  const named = ours.filter(({ accessPointId, name }) => (byId ? accessPointId : name) === wanted);
  const matches = named.filter((each) => isListed(role, each, listed));
  const [match] = matches;
  const owner = fileSystem === undefined ? '' : ` of ${fileSystem.fileSystemId}`;
  const pointer = pointerOf('file_system_configurations', role);
  const request = `${pointer}: access point ${byId ? 'id' : 'name'} "${wanted}"${owner} with tag env_base=${envBase}`;
  if (named.length === 0)
    throw new AccessPointNotFound(
      `${request} does not exist. ${existing(ours.map(({ name, accessPointId }) => name ?? accessPointId))}`,
    );
  if (match === undefined) throw new DemandValidationError([{ pointer, ...notListed(role, wanted, listed) }]);
  if (matches.length > 1) {
    const found = matches.map(({ accessPointId }) => accessPointId).join(', ');
    throw new AccessPointAmbiguous(
      `${request} matches ${matches.length} access points (${found}). Give one of these ids, or the file system.`,
    );
  }
  refuseOtherFolder(match, listed);
  return match;
}

/** The rules of a stage hold for the folders in its configuration. */
function refuseOtherFolder(
  { accessPointId, path }: AccessPoint,
  accessPoints: readonly StageAccessPoint[],
): void {
  const listed = accessPoints.find((each) => each.accessPointId === accessPointId);
  if (listed === undefined || listed.path === trimmed(path)) return;
  throw new DemandValidationError([
    {
      pointer: '/file_system_configurations',
      message: `the access point ${accessPointId} shows the folder "${path}", and the configuration of the stage says "${listed.path}"`,
      remedy: 'Correct the path of the access point in the configuration, and deploy the stage again',
    },
  ]);
}

function trimmed(path: string): string {
  return withoutFinalSlashes(path);
}

function ids(fileSystems: readonly FileSystem[]): string {
  return fileSystems.map(({ fileSystemId }) => fileSystemId).join(', ');
}

function existing(names: readonly string[]): string {
  return `This environment has ${names.length > 0 ? names.join(', ') : 'none'}.`;
}
