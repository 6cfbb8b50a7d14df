import { chooseCandidates, fileSystemConfigurationsSchema } from '../../src/efs/configuration';
import {
  type AccessPoint,
  type FileSystem,
  type FileSystemDirectory,
  VOLUME_ROLES,
  type VolumeRole,
} from '../../src/efs/model';
import { resolveVolumes } from '../../src/efs/resolve';
import type { StageAccessPoint } from '../../src/efs/stage-access-points';
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

/** The stage lists every access point for every role. */
const EVERYTHING = VOLUME_ROLES.flatMap((role) =>
  ACCESS_POINTS.map((each) => ({ ...each, role, name: each.name ?? '' })),
);

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
  listed: readonly StageAccessPoint[] = EVERYTHING,
) {
  const configurations = readModel(fileSystemConfigurationsSchema, { scratch });
  const settings = { envBase, accessPoints: listed };
  return resolveVolumes(chooseCandidates(configurations, 'run-1'), settings, directory);
}

test.each([
  ['no names', {}, 'fsap-1'],
  ['the name of a file system', { file_system: 'main' }, 'fsap-1'],
  ['two ids', { file_system: 'fs-a', access_point: 'fsap-2' }, 'fsap-2'],
  ['the id of an access point', { access_point: 'fsap-5' }, 'fsap-5'],
  ['the name of an access point of one file system', { file_system: 'fs-d', access_point: 'twin' }, 'fsap-4'],
])('a candidate with %s is the access point of its names', async (_, candidate, accessPointId) => {
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
  [
    'an unknown file system id',
    { file_system: 'fs-0' },
    'FileSystemNotFound',
    'file system id "fs-0"',
    'has main, twin, twin, fs-d',
  ],
  [
    'the file system of another environment',
    { file_system: 'theirs' },
    'FileSystemNotFound',
    'file system name "theirs"',
    'has main',
  ],
  [
    'an unknown name that begins like an id',
    { file_system: 'fs-xyz' },
    'FileSystemNotFound',
    'file system name "fs-xyz"',
    'has main',
  ],
  [
    'a name of two file systems',
    { file_system: 'twin' },
    'FileSystemAmbiguous',
    'matches 2 file systems (fs-b, fs-c)',
    'Give one of these ids',
  ],
  [
    'an unknown access point name',
    { access_point: 'nope' },
    'AccessPointNotFound',
    'access point name "nope"',
    'has scratch, shared, twin',
  ],
  [
    'the access point id of another environment',
    { access_point: 'fsap-3' },
    'AccessPointNotFound',
    'access point id "fsap-3"',
    'has scratch, shared',
  ],
  [
    'a file system without access points',
    { file_system: 'fs-c' },
    'AccessPointNotFound',
    '"scratch" of fs-c',
    'has none.',
  ],
  [
    'a name of two access points',
    { access_point: 'twin' },
    'AccessPointAmbiguous',
    'matches 2 access points (fsap-4, fsap-5)',
    'or the file system',
  ],
])('a candidate with %s is refused', async (_, candidate, name, mistake, help) => {
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

describe('the list of the stage', () => {
  const onlyFor = (role: VolumeRole, accessPointId: string) =>
    EVERYTHING.filter((each) => each.accessPointId !== accessPointId || each.role === role);

  test('refuses an access point that it has for another role only', async () => {
    await expect(
      resolve({ access_point: 'fsap-2' }, 'dev', counted(), onlyFor('shared', 'fsap-2')),
    ).rejects.toMatchObject({
      name: 'DemandValidationError',
      message: expect.stringMatching(
        /^\/file_system_configurations\/scratch: the stage does not list the access point "fsap-2" for the role scratch/,
      ),
    });
  });

  test('refuses every access point when it is empty', async () => {
    await expect(resolve({}, 'dev', counted(), [])).rejects.toMatchObject({
      name: 'DemandValidationError',
      message: expect.stringMatching(/for the role scratch .*\n.*for the role shared/),
    });
  });

  test('decides between access points with one name', async () => {
    const listed = EVERYTHING.filter(({ accessPointId }) => accessPointId !== 'fsap-4');
    const { scratch } = await resolve({ access_point: 'twin' }, 'dev', counted(), listed);
    expect(scratch.accessPointId).toBe('fsap-5');
  });

  test('names the folder of an access point as EFS does', async () => {
    const listed = EVERYTHING.map((each) => ({ ...each, path: `${each.path}s` }));
    await expect(resolve({}, 'dev', counted(), listed)).rejects.toThrow(
      'the access point fsap-1 shows the folder "/scratch", and the configuration of the stage says "/scratchs"',
    );
  });
});
