/** Which file systems are mounted where this process runs: pairs of environment variables name them. */
import { AccessPointNotFound } from '../errors';
import type { MountPoint } from '../transfer/mounts';
import type { FunctionRouting } from './function-routing';
import type { FileSystemDirectory } from './model';

const PATH_PREFIX = 'EFS_MOUNT_POINT_PATH_';
const ID_PREFIX = 'EFS_MOUNT_POINT_ID_';

/** One mount as it is configured: `id` is a file system's, or an access point's. */
export interface MountSetting {
  readonly path: string;
  readonly id: string;
}

/** `EFS_MOUNT_POINT_PATH_<name>` and `EFS_MOUNT_POINT_ID_<name>`, where both are set. */
export function readMountSettings(environment: Readonly<Record<string, string | undefined>>): MountSetting[] {
  return Object.keys(environment)
    .filter((key) => key.startsWith(PATH_PREFIX))
    .flatMap((key) => {
      const path = environment[key];
      const id = environment[`${ID_PREFIX}${key.slice(PATH_PREFIX.length)}`];
      return path && id ? [{ path, id }] : [];
    });
}

/** `EFS_FILE_SYSTEM_IDS`, separated by commas, in the order of the functions; this one has the first of its own mounts. */
export function readFunctionRouting(
  environment: Readonly<Record<string, string | undefined>>,
): FunctionRouting {
  const fileSystemIds = (environment.EFS_FILE_SYSTEM_IDS ?? '').split(',').filter(Boolean);
  const own = readMountSettings(environment)[0]?.id ?? '';
  return { fileSystemIds, index: Math.max(0, fileSystemIds.indexOf(own)) };
}

/** What each mount shows. An access point's root has to be looked up; a file system's is `/`. @throws AccessPointNotFound */
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
      throw new AccessPointNotFound(`${id}, mounted at ${path}, does not exist. Check ${ID_PREFIX}<name>.`);
    return { path, fileSystemId: accessPoint.fileSystemId, root: accessPoint.path };
  });
}
