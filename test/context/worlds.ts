/** The deployment and the volumes of the tests of a context. */
import type { LayoutSettings } from '../../src/context/layout';
import type { Volume, VolumeRole, Volumes } from '../../src/efs/model';

export const SETTINGS: LayoutSettings = { envBase: 'dev', region: 'us-west-2', allowFileRemotes: false };

const volume = (role: VolumeRole): Volume => ({
  role,
  fileSystemId: 'fs-1',
  accessPointId: `fsap-${role}`,
  accessPointPath: `/${role}`,
  containerPath: `/opt/efs/${role}`,
});

export const VOLUMES: Volumes = { scratch: volume('scratch'), shared: volume('shared') };

/** A mount of the scratch access point in this process. */
export const MOUNT = { path: '/mnt/scratch', fileSystemId: 'fs-1', root: '/scratch' };
