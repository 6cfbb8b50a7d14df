import { chooseCandidates, fileSystemConfigurationsSchema } from '../../src/efs/configuration';
import type { AccessPoint, FileSystem, FileSystemDirectory } from '../../src/efs/model';
import { resolveVolumes } from '../../src/efs/resolve';
import { readModel } from '../../src/wire/schema';

const tags = { env_base: 'dev' };
const FILE_SYSTEMS: readonly FileSystem[] = [
  { fileSystemId: 'fs-a', name: 'main', tags },
  { fileSystemId: 'fs-b', name: 'twin', tags },
  { fileSystemId: 'fs-c', name: 'twin', tags },
  { fileSystemId: 'fs-d', name: undefined, tags },
  { fileSystemId: 'fs-e', name: 'theirs', tags: { env_base: 'prod' } },
];
const ACCESS_POINTS: readonly AccessPoint[] = [
  { accessPointId: 'fsap-1', fileSystemId: 'fs-a', name: 'scratch', path: '/scratch', tags },
  { accessPointId: 'fsap-2', fileSystemId: 'fs-a', name: 'shared', path: '/shared', tags },
  { accessPointId: 'fsap-3', fileSystemId: 'fs-d', name: 'shared', path: '/', tags: {} },
  { accessPointId: 'fsap-4', fileSystemId: 'fs-d', name: 'twin', path: '/4', tags },
  { accessPointId: 'fsap-5', fileSystemId: 'fs-b', name: 'twin', path: '/5', tags },
];

function counted() {
  const asked: string[] = [];
  return {
    asked,
    fileSystems: async () => {
      asked.push('file systems');
      return FILE_SYSTEMS;
    },
    accessPoints: async (wanted?: string) => {
      asked.push(`access points of ${wanted ?? 'all'}`);
      return ACCESS_POINTS.filter(({ fileSystemId }) => wanted === undefined || fileSystemId === wanted);
    },
  };
}

function resolve(
  scratch: Record<string, string>,
  envBase = 'dev',
  directory: FileSystemDirectory = counted(),
) {
  const configurations = readModel(fileSystemConfigurationsSchema, { scratch });
  return resolveVolumes(chooseCandidates(configurations, 'run-1'), envBase, directory);
}

test.each([
  [{}, 'fsap-1'],
  [{ file_system: 'main' }, 'fsap-1'],
  [{ file_system: 'fs-a', access_point: 'fsap-2' }, 'fsap-2'],
  [{ access_point: 'fsap-5' }, 'fsap-5'],
  [{ file_system: 'fs-d', access_point: 'twin' }, 'fsap-4'],
])('the candidate %j is the access point %s', async (candidate, accessPointId) => {
  const { scratch } = await resolve(candidate);
  const { fileSystemId, path } = ACCESS_POINTS.find((each) => each.accessPointId === accessPointId)!;
  expect(scratch).toEqual({
    role: 'scratch',
    accessPointId,
    fileSystemId,
    accessPointPath: path,
    containerPath: '/opt/efs/scratch',
  });
});

test.each([
  [{ file_system: 'fs-0' }, 'FileSystemNotFound', 'file system id "fs-0"', 'has main, twin, twin, fs-d'],
  [{ file_system: 'theirs' }, 'FileSystemNotFound', 'file system name "theirs"', 'has main'],
  [{ file_system: 'fs-xyz' }, 'FileSystemNotFound', 'file system name "fs-xyz"', 'has main'],
  [
    { file_system: 'twin' },
    'FileSystemAmbiguous',
    'matches 2 file systems (fs-b, fs-c)',
    'Give one of these ids',
  ],
  [{ access_point: 'nope' }, 'AccessPointNotFound', 'access point name "nope"', 'has scratch, shared, twin'],
  [{ access_point: 'fsap-3' }, 'AccessPointNotFound', 'access point id "fsap-3"', 'has scratch, shared'],
  [{ file_system: 'fs-c' }, 'AccessPointNotFound', '"scratch" of fs-c', 'has none.'],
  [
    { access_point: 'twin' },
    'AccessPointAmbiguous',
    'matches 2 access points (fsap-4, fsap-5)',
    'or the file system',
  ],
])('the candidate %j is refused with %s', async (candidate, name, mistake, help) => {
  const refused = resolve(candidate);
  await expect(refused).rejects.toMatchObject({ name });
  for (const words of ['scratch: ', 'env_base=dev', mistake, help])
    await expect(refused).rejects.toThrow(words);
});

test('an access point of another environment is not used', async () => {
  await expect(resolve({}, 'prod')).rejects.toThrow('has none.');
});

test('the access points are listed once for all roles', async () => {
  const directory = counted();
  await resolve({}, 'dev', directory);
  expect(directory.asked).toEqual(['access points of all']);
});

test('a cached answer leads to no refusal: the directory is asked again', async () => {
  const nothing = { fileSystems: async () => [], accessPoints: async () => [] };
  const stale = { ...nothing, refreshed: counted };
  expect((await resolve({}, 'dev', stale)).scratch.accessPointId).toBe('fsap-1');
  await expect(resolve({}, 'dev', { ...nothing, refreshed: () => undefined })).rejects.toThrow('has none.');
  await expect(resolve({}, 'dev', { ...counted(), refreshed: () => nothing })).resolves.toBeDefined();
});
