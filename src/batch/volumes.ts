/** The volumes of a job in a batch create request. */

import { VOLUME_ROLES, type VolumeRole } from '../efs/model';
import { isListed, type StageAccessPoint, type StageAccessPoints } from '../efs/stage-access-points';
import type { Problem } from '../errors';
import { isJsonObject, pointerOf } from '../wire/json';
import type { BatchCreateRequest } from './request';

const RULE = 'rule fileSystems.accessPoints';

/**
 * Returns a problem for each volume that is not an access point that the stage lists, and for each mount of the shared
 * volume that a job could write to. A request may come from another state machine than that of this service: a folder of
 * the host, or a whole file system, would give the job the data of all executions.
 */
export function jobVolumeProblems(
  { volumes, mountPoints }: Pick<BatchCreateRequest, 'volumes' | 'mountPoints'>,
  accessPoints: StageAccessPoints,
): Problem[] {
  if (accessPoints === 'unknown') return [];
  const found = volumes.map((volume) => ({ name: volume.name, role: roleOf(volume, accessPoints) }));
  const shared = new Set<unknown>(found.flatMap(({ name, role }) => (role === 'shared' ? [name] : [])));
  return [
    ...found.flatMap(({ name, role }, index) => (role === undefined ? [unlistedVolume(name, index)] : [])),
    ...mountPoints.flatMap(({ sourceVolume, readOnly }, index) =>
      shared.has(sourceVolume) && readOnly !== true ? [writableShared(index)] : [],
    ),
  ];
}

/** Returns the role of a listed access point. The structures of AWS are not checked before, so they may have any form. */
function roleOf(volume: unknown, accessPoints: readonly StageAccessPoint[]): VolumeRole | undefined {
  const { name: _, efsVolumeConfiguration: efs, ...others } = isJsonObject(volume) ? volume : {};
  if (!isJsonObject(efs) || Object.keys(others).length > 0) return undefined;
  const { fileSystemId, rootDirectory = '/', authorizationConfig: authorization } = efs;
  const accessPointId = isJsonObject(authorization) ? authorization.accessPointId : undefined;
  if (typeof fileSystemId !== 'string' || typeof accessPointId !== 'string' || rootDirectory !== '/')
    return undefined;
  return VOLUME_ROLES.find((role) => isListed(role, { accessPointId, fileSystemId }, accessPoints));
}

function unlistedVolume(name: unknown, index: number): Problem {
  return {
    pointer: pointerOf('volumes', index),
    message: `the volume ${JSON.stringify(name)} is not an access point that the stage lists (${RULE})`,
    remedy: 'Give the volumes of the answer of the function scaffolding',
  };
}

function writableShared(index: number): Problem {
  return {
    pointer: pointerOf('mount_points', index),
    message: `a job only reads the shared volume (${RULE}.shared)`,
    remedy: 'Give "readOnly": true',
  };
}
