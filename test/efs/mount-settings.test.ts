import { readMountSettings, resolveMounts } from '../../src/efs/mount-settings';
import { DIRECTORY } from '../steps/worlds';

test('pairs of variables that are both set', () => {
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

test('a file system shows its root, an access point its own', async () => {
  const settings = [
    { path: '/mnt/all', id: 'fs-9' },
    { path: '/mnt/shared', id: 'fsap-1' },
  ];
  expect(await resolveMounts(settings, DIRECTORY)).toEqual([
    { path: '/mnt/all', fileSystemId: 'fs-9', root: '/' },
    { path: '/mnt/shared', fileSystemId: 'fs-1', root: '/shared' },
  ]);
});

test('nobody is asked about file systems', async () => {
  const silent = { ...DIRECTORY, accessPoints: () => Promise.reject(new Error('asked')) };
  expect(await resolveMounts([{ path: '/mnt', id: 'fs-1' }], silent)).toHaveLength(1);
});

test('an access point that is gone is refused by its id, its path and the setting', async () => {
  const refused = resolveMounts([{ path: '/mnt', id: 'fsap-0000' }], DIRECTORY);
  await expect(refused).rejects.toMatchObject({ name: 'AccessPointNotFound' });
  await expect(refused).rejects.toThrow(
    'fsap-0000, mounted at /mnt, does not exist. Check EFS_MOUNT_POINT_ID_',
  );
});
