/** Stands in for the EFS API: one file system, with an access point for each role. */
import { type FileSystemDirectory, VOLUME_ROLES } from '../../src/efs/model';
import type { StageAccessPoint } from '../../src/efs/stage-access-points';
import { LOCAL_FILE_SYSTEM_ID, LOCAL_STAGE } from './root';

const tags = { env_base: LOCAL_STAGE.envBase };

/** The access points of a run on this machine: one for each role. */
export const LOCAL_ACCESS_POINTS: readonly StageAccessPoint[] = VOLUME_ROLES.map((role, index) => ({
  role,
  accessPointId: `fsap-10ca1${index}`,
  fileSystemId: LOCAL_FILE_SYSTEM_ID,
  name: role,
  path: `/${role}`,
}));

export const localFileSystems: FileSystemDirectory = {
  fileSystems: async () => [{ fileSystemId: LOCAL_FILE_SYSTEM_ID, name: 'local', tags }],
  accessPoints: async () => LOCAL_ACCESS_POINTS.map((each) => ({ ...each, tags })),
};
