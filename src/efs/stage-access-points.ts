/**
 * The access points that a stage lists for each role. A demand names its access points, and a job mounts them with the
 * rights of root. So a role takes only access points that the configuration of the stage lists for this role.
 */
import * as v from 'valibot';
import type { Problem } from '../errors';
import { withoutFinalSlashes } from '../transfer/location';
import { pointerOf } from '../wire/json';
import type { FileSystemConfigurations } from './configuration';
import { type AccessPoint, VOLUME_ROLES, type VolumeRole, type Volumes } from './model';

/** One listed access point. */
export interface StageAccessPoint extends Pick<AccessPoint, 'accessPointId' | 'fileSystemId' | 'path'> {
  readonly role: VolumeRole;
  /** Its tag `Name`. */
  readonly name: string;
  /** The tag `Name` of its file system; undefined when the configuration does not have it. */
  readonly fileSystemName?: string;
}

/** `unknown`: the list of the stage is not here. The service itself checks the demand against the list. */
export type StageAccessPoints = readonly StageAccessPoint[] | 'unknown';

const ROW = v.tuple([
  v.picklist(VOLUME_ROLES),
  v.string(),
  v.string(),
  v.string(),
  v.string(),
  v.nullable(v.string()),
]);

/**
 * Writes the list for the environment of a function. A row has no names of fields: all variables of a function have 4 KB
 * together.
 */
export function writeStageAccessPoints(accessPoints: readonly StageAccessPoint[]): string {
  const rows = accessPoints.map(({ role, accessPointId, name, path, fileSystemId, fileSystemName }) => [
    ...[role, accessPointId, name, path, fileSystemId],
    fileSystemName ?? null,
  ]);
  return JSON.stringify(rows);
}

/** Reads {@link writeStageAccessPoints}. @throws Error for any other text: without a list no role has an access point */
export function readStageAccessPoints(text: string): StageAccessPoint[] {
  return v
    .parse(v.array(ROW), JSON.parse(text))
    .map(([role, accessPointId, name, path, fileSystemId, fileSystemName]) => ({
      ...{ role, accessPointId, name, path, fileSystemId },
      ...(fileSystemName !== null && { fileSystemName }),
    }));
}

/** Returns whether the stage lists an access point for a role. */
export function isListed(
  role: VolumeRole,
  { accessPointId, fileSystemId }: Pick<AccessPoint, 'accessPointId' | 'fileSystemId'>,
  accessPoints: readonly StageAccessPoint[],
): boolean {
  return accessPoints.some(
    (listed) =>
      listed.role === role && listed.accessPointId === accessPointId && listed.fileSystemId === fileSystemId,
  );
}

/**
 * Returns the problems of the access points that a request names, or gets by default. It checks all candidates, also
 * those that are not chosen. It calls nothing: the names and ids of the stage's own list decide.
 */
export function accessPointProblems(
  configurations: FileSystemConfigurations,
  accessPoints: StageAccessPoints,
): Problem[] {
  if (accessPoints === 'unknown') return [];
  return VOLUME_ROLES.flatMap((role) => {
    const given = configurations[role];
    const candidates = given.length === 0 && role !== 'tmp' ? [{}] : given;
    return candidates.flatMap((candidate, index) => {
      const at = given.length > 1 ? [role, index] : [role];
      return candidateProblems(role, candidate, accessPoints).map((problem) => ({
        pointer: pointerOf('file_system_configurations', ...at),
        ...problem,
      }));
    });
  });
}

/**
 * Returns the problems of resolved volumes that the stage does not list. The state ResolveEfs finds only listed volumes, but
 * an event can come from elsewhere.
 */
export function volumeProblems(volumes: Volumes, accessPoints: StageAccessPoints): Problem[] {
  if (accessPoints === 'unknown') return [];
  return [volumes.scratch, volumes.shared, volumes.tmp]
    .flatMap((volume) => volume ?? [])
    .filter(
      (volume) =>
        !accessPoints.some(
          (listed) =>
            isListed(volume.role, volume, [listed]) &&
            listed.path === withoutFinalSlashes(volume.accessPointPath),
        ),
    )
    .map(({ role, accessPointId }) => ({
      pointer: pointerOf('volumes', role),
      ...notListed(role, accessPointId, accessPoints),
    }));
}

/** Returns the refusal of an access point that the stage does not list for the role. */
export function notListed(
  role: VolumeRole,
  accessPoint: string,
  accessPoints: readonly StageAccessPoint[],
): Omit<Problem, 'pointer'> {
  const names = [...new Set(accessPoints.filter((each) => each.role === role).map(({ name }) => name))];
  return {
    message: `the stage does not list the access point "${accessPoint}" for the role ${role} (rule fileSystems.accessPoints.${role}: ${names.join(', ') || 'no access point'})`,
    remedy: `Name an access point of this list, or add this one to the list in the configuration of the stage`,
  };
}

type Candidate = FileSystemConfigurations['scratch'][number];

function candidateProblems(
  role: VolumeRole,
  { fileSystem, accessPoint }: Candidate,
  accessPoints: readonly StageAccessPoint[],
): Omit<Problem, 'pointer'>[] {
  const wanted = accessPoint || role;
  const named = accessPoints.filter(
    (each) => each.role === role && (each.accessPointId === wanted || each.name === wanted),
  );
  if (named.length === 0) return [notListed(role, wanted, accessPoints)];
  const matches = named.filter((each) => mayBeOn(each, fileSystem));
  if (matches.length === 0)
    return [
      {
        message: `the stage lists the access point "${wanted}" for the role ${role}, but not on the file system "${fileSystem}" (rule fileSystems.accessPoints.${role})`,
        remedy: `Name the file system of the access point (${idsOf(named)}), or leave file_system out`,
      },
    ];
  if (fileSystem || matches.length === 1) return [];
  return [
    {
      message: `the stage lists several access points "${wanted}" for the role ${role}`,
      remedy: `Name the file system too (${idsOf(matches)})`,
    },
  ];
}

/** A file system with an unknown name may be the named one. The state ResolveEfs checks its id. */
function mayBeOn({ fileSystemId, fileSystemName }: StageAccessPoint, wanted: string | undefined): boolean {
  if (!wanted || wanted === fileSystemId || wanted === fileSystemName) return true;
  return fileSystemName === undefined && !wanted.startsWith('fs-');
}

function idsOf(accessPoints: readonly StageAccessPoint[]): string {
  return accessPoints.map(({ fileSystemId }) => fileSystemId).join(', ');
}

/**
 * Returns pairs of access points that must not be listed together: one access point for two roles, and folders of which
 * one is or contains the other. The working directory of a role could then be the volume of another role.
 */
export function overlappingAccessPoints<T extends Omit<StageAccessPoint, 'accessPointId' | 'fileSystemId'>>(
  ofOneFileSystem: readonly T[],
): (readonly [T, T])[] {
  return ofOneFileSystem.flatMap((one, index) =>
    ofOneFileSystem
      .slice(index + 1)
      .filter(({ path }) => `${path}/`.startsWith(`${one.path}/`) || `${one.path}/`.startsWith(`${path}/`))
      .map((other) => [one, other] as const),
  );
}
