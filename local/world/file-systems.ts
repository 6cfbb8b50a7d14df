/** Stands in for the EFS API: one file system, with an access point for each role. */
import { type AccessPoint, type FileSystemDirectory, VOLUME_ROLES } from '../../src/efs/model';
import { LOCAL_FILE_SYSTEM_ID, LOCAL_STAGE } from './root';

const tags = { env_base: LOCAL_STAGE.envBase };

const ACCESS_POINTS: readonly AccessPoint[] = VOLUME_ROLES.map((role, index) => ({
  accessPointId: `fsap-10ca1${index}`,
  fileSystemId: LOCAL_FILE_SYSTEM_ID,
  name: role,
  path: `/${role}`,
  tags,
}));

export const localFileSystems: FileSystemDirectory = {
  fileSystems: async () => [{ fileSystemId: LOCAL_FILE_SYSTEM_ID, name: 'local', tags }],
  accessPoints: async () => ACCESS_POINTS,
};
