import { readMountSettings, resolveMounts } from '../../src/efs/mount-settings';
import { DIRECTORY } from '../steps/worlds';

test('only pairs with both variables are mounts', () => {
  const environment = {
    EFS_MOUNT_POINT_PATH_one: '/mnt/one',
    EFS_MOUNT_POINT_ID_one: 'fs-1',
    EFS_MOUNT_POINT_PATH_two: '/mnt/two',
    EFS_MOUNT_POINT_ID_three: 'fs-3',
    EFS_MOUNT_POINT_PATH_four: '',
    EFS_MOUNT_POINT_ID_four: 'fs-4',
    EFS_MOUNT_POINT_PATH_five: '/mnt/five',
    EFS_MOUNT_POINT_ID_five: undefined,
    PATH: '/bin',
  };
  expect(readMountSettings(environment)).toEqual([{ path: '/mnt/one', id: 'fs-1' }]);
});

test('the root of a file system is /, the root of an access point is its own path', async () => {
  const settings = [
    { path: '/mnt/all', id: 'fs-9' },
    { path: '/mnt/shared', id: 'fsap-1' },
  ];
  expect(await resolveMounts(settings, DIRECTORY)).toEqual([
    { path: '/mnt/all', fileSystemId: 'fs-9', root: '/' },
    { path: '/mnt/shared', fileSystemId: 'fs-1', root: '/shared' },
  ]);
});

test('mounts of whole file systems need no look-up', async () => {
  const silent = { ...DIRECTORY, accessPoints: () => Promise.reject(new Error('asked')) };
  expect(await resolveMounts([{ path: '/mnt', id: 'fs-1' }], silent)).toHaveLength(1);
});

test('a deleted access point is refused with its id, its path and the variable', async () => {
  const refused = resolveMounts([{ path: '/mnt', id: 'fsap-0000' }], DIRECTORY);
  await expect(refused).rejects.toMatchObject({ name: 'AccessPointNotFound' });
  await expect(refused).rejects.toThrow(
    'access point fsap-0000, mounted at /mnt, does not exist. Check EFS_MOUNT_POINT_ID_',
  );
});
