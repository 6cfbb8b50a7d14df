import { withVolumes } from '../src/adapters/files/volume-mounts';
import type { MountPoint } from '../src/transfer/mounts';
import { accessPoints } from './access-points';

/** Returns the mounts of this function with the volumes of demands, see {@link withVolumes}. */
export function volumesIn(mounts: readonly MountPoint[]): Promise<readonly MountPoint[]> {
  return withVolumes(mounts, accessPoints);
}
