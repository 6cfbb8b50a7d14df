import fc from 'fast-check';
import { fileSystemConfigurationsSchema } from '../../src/efs/configuration';
import { VOLUME_ROLES } from '../../src/efs/model';
import {
  accessPointProblems,
  isListed,
  overlappingAccessPoints,
  readStageAccessPoints,
  type StageAccessPoint,
  writeStageAccessPoints,
} from '../../src/efs/stage-access-points';
import { readModel } from '../../src/wire/schema';
import { runs } from '../demand/arbitraries';

const point = (role: StageAccessPoint['role'], id: string, name: string, fileSystemId = 'fs-a') => ({
  role,
  accessPointId: `fsap-${id}`,
  fileSystemId,
  name,
  path: `/${id}`,
  ...(fileSystemId !== 'fs-c' && { fileSystemName: `dev-${fileSystemId}` }),
});

const STAGE: readonly StageAccessPoint[] = [
  point('scratch', '1', 'scratch'),
  point('shared', '2', 'shared'),
  point('tmp', '3', 'tmp'),
  point('scratch', '4', 'archive-scratch', 'fs-b'),
  point('scratch', '5', 'twin', 'fs-b'),
  point('scratch', '6', 'twin', 'fs-c'),
];

const problemsOf = (configurations: unknown, stage: readonly StageAccessPoint[] = STAGE) =>
  accessPointProblems(readModel(fileSystemConfigurationsSchema, configurations), stage).map(
    ({ pointer, message }) => `${pointer}: ${message}`,
  );

test.each([
  ['nothing', {}],
  ['null in place of tmp', { tmp: null }],
  ['the name of the role', { scratch: { access_point: 'scratch' }, tmp: {} }],
  ['an empty name', { scratch: { access_point: '' } }],
  ['the id', { scratch: { accessPoint: 'fsap-1' } }],
  ['the id and its file system', { scratch: { access_point: 'fsap-4', file_system: 'fs-b' } }],
  [
    'the name and the name of the file system',
    { scratch: { access_point: 'twin', file_system: 'dev-fs-b' } },
  ],
  ['a file system whose name only AWS knows', { scratch: { access_point: 'twin', file_system: 'other' } }],
  ['two listed candidates', { scratch: [{ access_point: 'scratch' }, { access_point: 'archive-scratch' }] }],
])('a request with %s is accepted', (_, configurations) => {
  expect(problemsOf(configurations)).toEqual([]);
});

test.each([
  ["the functions' own access point", { scratch: { access_point: 'root' } }, 'scratch', '"root"'],
  [
    "the functions' own access point by its id",
    { scratch: { access_point: 'fsap-0' } },
    'scratch',
    '"fsap-0"',
  ],
  [
    'an ARN, also of a listed access point',
    {
      scratch: {
        access_point: 'arn:aws:elasticfilesystem:us-west-2:111122223333:access-point/fsap-1',
      },
    },
    'scratch',
    'arn:aws',
  ],
  ['the access point of another role', { tmp: { access_point: 'shared' } }, 'tmp', '"shared"'],
  ['the id of another role', { tmp: { access_point: 'fsap-2' } }, 'tmp', '"fsap-2"'],
  ['the shared volume as scratch', { scratch: { access_point: 'shared' } }, 'scratch', '"shared"'],
  ['the scratch volume as shared', { shared: { accessPoint: 'scratch' } }, 'shared', '"scratch"'],
  ['another spelling', { scratch: { access_point: 'Scratch' } }, 'scratch', '"Scratch"'],
  ['spaces around a name', { scratch: { access_point: ' scratch' } }, 'scratch', '" scratch"'],
])('%s is refused, with the rule and the listed names', (_, configurations, role, named) => {
  const listed = { scratch: 'scratch, archive-scratch, twin', shared: 'shared', tmp: 'tmp' }[role];
  expect(problemsOf(configurations)).toEqual([
    expect.stringMatching(
      `^/file_system_configurations/${role}: the stage does not list .*${named}.* for the role ${role} \\(rule fileSystems.accessPoints.${role}: ${listed}\\)$`,
    ),
  ]);
});

test('every candidate is checked, also one that is not chosen', () => {
  const scratch = [{ access_point: 'scratch' }, { access_point: 'root' }];
  expect(problemsOf({ scratch })).toEqual([
    expect.stringMatching('^/file_system_configurations/scratch/1: .*"root"'),
  ]);
});

test.each([
  ['the id of another file system', { access_point: 'scratch', file_system: 'fs-b' }],
  ['a file system of no stage', { file_system: 'fs-0' }],
  ['the name of another file system', { access_point: 'archive-scratch', file_system: 'dev-fs-a' }],
])('a listed access point on %s is refused', (_, scratch) => {
  expect(problemsOf({ scratch })).toEqual([expect.stringContaining('but not on the file system')]);
});

test('a name on two file systems needs the file system', () => {
  expect(problemsOf({ scratch: { access_point: 'twin' } })).toEqual([
    expect.stringContaining('several access points "twin"'),
  ]);
});

test('a stage without a list refuses every request', () => {
  expect(problemsOf({}, [])).toEqual([
    expect.stringContaining('(rule fileSystems.accessPoints.scratch: no access point)'),
    expect.stringContaining('(rule fileSystems.accessPoints.shared: no access point)'),
  ]);
});

test('a command line that does not know the stage leaves the check to the service', () => {
  const configurations = readModel(fileSystemConfigurationsSchema, { scratch: { access_point: 'root' } });
  expect(accessPointProblems(configurations, 'unknown')).toEqual([]);
});

test('no request reaches an access point that is not listed for the role', () => {
  const name = fc.constantFrom('scratch', 'shared', 'tmp', 'root', 'twin', 'fsap-1', 'fsap-2', 'fsap-3', '');
  const fileSystem = fc.constantFrom(undefined, 'fs-a', 'fs-b', 'fs-c', 'dev-fs-a', 'other', '');
  const candidate = fc.record({ access_point: name, file_system: fileSystem });
  const request = fc.record({ scratch: candidate, shared: candidate, tmp: candidate });
  fc.assert(
    fc.property(request, (given) => {
      if (problemsOf(given).length > 0) return;
      for (const role of VOLUME_ROLES) {
        const wanted = given[role].access_point || role;
        const listed = STAGE.filter((each) => each.role === role).flatMap((each) => [
          each.name,
          each.accessPointId,
        ]);
        expect(listed).toContain(wanted);
      }
    }),
    runs(500),
  );
});

test('an access point is listed for its role, with its own file system', () => {
  const listed = { accessPointId: 'fsap-1', fileSystemId: 'fs-a' };
  expect(isListed('scratch', listed, STAGE)).toBe(true);
  expect(isListed('tmp', listed, STAGE)).toBe(false);
  expect(isListed('scratch', { ...listed, fileSystemId: 'fs-b' }, STAGE)).toBe(false);
});

test('the text for the environment has the whole list', () => {
  expect(readStageAccessPoints(writeStageAccessPoints(STAGE))).toEqual(STAGE);
});

test.each(['', 'null', '{}', '[["other","a","b","/c","fs-1",null]]', '[["scratch","fsap-1"]]'])(
  'the text %j is refused',
  (text) => {
    expect(() => readStageAccessPoints(text)).toThrow();
  },
);

test.each([
  ['/a', '/a', true],
  ['/a', '/a/b', true],
  ['/a/b', '/a', true],
  ['', '/a', true],
  ['/a', '/ab', false],
  ['/a/b', '/a/c', false],
])('the folders %s and %s overlap: %s', (one, other, expected) => {
  const both = [one, other].map((path) => ({ role: 'scratch' as const, name: path, path }));
  expect(overlappingAccessPoints(both)).toHaveLength(expected ? 1 : 0);
});
