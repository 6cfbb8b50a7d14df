/** The deployment and the volumes of the tests of a context. */
import type { ExamineSettings } from '../../src/context/examine';
import type { Volume, VolumeRole, Volumes } from '../../src/efs/model';
import { UNRESTRICTED } from '../../src/rules/model';

export const SETTINGS: ExamineSettings = {
  envBase: 'dev',
  region: 'us-west-2',
  allowFileRemotes: false,
  rules: UNRESTRICTED,
};

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
