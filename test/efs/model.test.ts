import type { Volumes } from '../../src/efs/model';
import { volumesSchema, writeVolumes } from '../../src/efs/model';
import { readModel, tryModel } from '../../src/wire/schema';

const place = { fileSystemId: 'fs-1', accessPointId: 'fsap-1', accessPointPath: '/' };
const VOLUMES: Volumes = {
  scratch: { role: 'scratch', ...place, containerPath: '/a' },
  shared: { role: 'shared', ...place, containerPath: '/b' },
};

test.each<[string, Volumes]>([
  ['two', VOLUMES],
  ['three', { ...VOLUMES, tmp: { role: 'tmp', ...place, containerPath: '/c' } }],
])('%s written volumes read back as the same volumes', (_, volumes) => {
  expect(readModel(volumesSchema, JSON.parse(JSON.stringify(writeVolumes(volumes))))).toEqual(volumes);
});

test('every mistake is reported at its place', () => {
  const { problems } = tryModel(volumesSchema, {
    scratch: { containerPath: '', file_system_id: 5 },
    tmp: [],
  });
  expect(problems.map(({ pointer }) => pointer)).toEqual([
    '/scratch/file_system_id',
    '/scratch/access_point_id',
    '/scratch/access_point_path',
    '/scratch/container_path',
    '/shared',
    '/tmp',
  ]);
});
