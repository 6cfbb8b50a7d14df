/** The volumes of demands as mounts of their own. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageAccessPoint } from '../../efs/stage-access-points';
import { contains, relativeTo } from '../../transfer/location';
import type { MountPoint } from '../../transfer/mounts';
import { efsLocation } from '../../transfer/schemes/file-systems';
import { unlessMissing } from './file-errors';

/**
 * Returns the mounts, and a mount for each volume that the stage lists in them. A function mounts a whole file system as
 * root, and a job may leave a symbolic link in its directory. With these mounts no transfer and no removal follows a link
 * out of its volume, and no removal takes a volume.
 *
 * The records of the service (leases, readers, verified contents) belong to the mounts without volumes: no job can write
 * at the root of the file system.
 *
 * A volume whose folder does not exist yet is left out. EFS makes the folder for the first job, with the owner and the
 * mode that the access point says.
 */
export async function withVolumes(
  mounts: readonly MountPoint[],
  accessPoints: readonly StageAccessPoint[],
): Promise<readonly MountPoint[]> {
  const volumes = mounts.flatMap((mount) => accessPoints.flatMap((each) => volumeIn(mount, each) ?? []));
  const exist = await Promise.all(volumes.map(({ path }) => isFolder(path)));
  return [...mounts, ...volumes.filter((_, index) => exist[index])];
}

function volumeIn(mount: MountPoint, { fileSystemId, path }: StageAccessPoint): MountPoint | undefined {
  const [base, volume] = [efsLocation(mount.fileSystemId, mount.root), efsLocation(fileSystemId, path)];
  const below = relativeTo(base, volume);
  if (below === undefined || contains(volume, base)) return undefined;
  return { path: join(mount.path, below), fileSystemId, root: path, isVolume: true };
}

async function isFolder(path: string): Promise<boolean> {
  return (await unlessMissing(lstat(path)))?.isDirectory() === true;
}
