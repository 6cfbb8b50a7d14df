/** The file systems that this process mounts. Pairs of environment variables name them. */
import { AccessPointNotFound } from '../errors';
import type { MountPoint } from '../transfer/mounts';
import type { FunctionRouting } from './function-routing';
import type { FileSystemDirectory } from './model';

const PATH_PREFIX = 'EFS_MOUNT_POINT_PATH_';
const ID_PREFIX = 'EFS_MOUNT_POINT_ID_';

/** One configured mount. */
export interface MountSetting {
  /** The folder of this process where the file system is mounted. */
  readonly path: string;
  /** The id of a file system or of an access point. */
  readonly id: string;
}

/** Reads each pair of `EFS_MOUNT_POINT_PATH_<name>` and `EFS_MOUNT_POINT_ID_<name>`. A pair with an empty variable is ignored. */
export function readMountSettings(environment: Readonly<Record<string, string | undefined>>): MountSetting[] {
  return Object.keys(environment)
    .filter((key) => key.startsWith(PATH_PREFIX))
    .flatMap((key) => {
      const path = environment[key];
      const id = environment[`${ID_PREFIX}${key.slice(PATH_PREFIX.length)}`];
      return path && id ? [{ path, id }] : [];
    });
}

/**
 * Reads `EFS_FILE_SYSTEM_IDS`: ids with commas between them, in the order of the functions. The first mount of this
 * process tells its own index; the index is 0 when the list does not have that file system.
 */
export function readFunctionRouting(
  environment: Readonly<Record<string, string | undefined>>,
): FunctionRouting {
  const fileSystemIds = (environment.EFS_FILE_SYSTEM_IDS ?? '').split(',').filter(Boolean);
  const own = readMountSettings(environment)[0]?.id ?? '';
  return { fileSystemIds, index: Math.max(0, fileSystemIds.indexOf(own)) };
}

/**
 * Returns the file system and the root folder of each mount. The root of a file system is `/`. The root of an access point
 * is looked up in the directory.
 *
 * @throws AccessPointNotFound for an access point that does not exist
 */
export async function resolveMounts(
  settings: readonly MountSetting[],
  directory: FileSystemDirectory,
): Promise<MountPoint[]> {
  const accessPoints = settings.some(({ id }) => id.startsWith('fsap-'))
    ? await directory.accessPoints()
    : [];
  return settings.map(({ path, id }) => {
    if (!id.startsWith('fsap-')) return { path, fileSystemId: id, root: '/' };
    const accessPoint = accessPoints.find(({ accessPointId }) => accessPointId === id);
    if (accessPoint === undefined)
      throw new AccessPointNotFound(
        `access point ${id}, mounted at ${path}, does not exist. Check ${ID_PREFIX}<name>`,
      );
    return { path, fileSystemId: accessPoint.fileSystemId, root: accessPoint.path };
  });
}
