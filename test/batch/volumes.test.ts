import type { BatchCreateRequest } from '../../src/batch/request';
import { jobVolumeProblems } from '../../src/batch/volumes';
import { STAGE } from '../steps/worlds';

const volume = (accessPointId: string, changes: object = {}, efs: object = {}) => ({
  name: accessPointId,
  efsVolumeConfiguration: {
    fileSystemId: 'fs-1',
    rootDirectory: '/',
    transitEncryption: 'ENABLED',
    authorizationConfig: { accessPointId, iam: 'DISABLED' },
    ...efs,
  },
  ...changes,
});
const [SCRATCH, SHARED, TMP] = ['fsap-0', 'fsap-1', 'fsap-2'].map((id) => volume(id));
const mount = (sourceVolume: string, readOnly: unknown = false) => ({
  containerPath: `/${sourceVolume}`,
  sourceVolume,
  readOnly,
});

function problemsOf(volumes: readonly unknown[], mountPoints: readonly unknown[] = []) {
  const request = { volumes, mountPoints } as Pick<BatchCreateRequest, 'volumes' | 'mountPoints'>;
  return jobVolumeProblems(request, STAGE.accessPoints).map(
    ({ pointer, message }) => `${pointer} ${message}`,
  );
}

test('the access points of the stage are permitted, and the shared one only for reading', () => {
  const mounts = [mount('fsap-0'), mount('fsap-1', true), mount('fsap-2')];
  expect(problemsOf([SCRATCH, SHARED, TMP], mounts)).toEqual([]);
  expect(problemsOf([volume('fsap-0', {}, { rootDirectory: undefined })])).toEqual([]);
  for (const readOnly of [false, undefined, 'true'])
    expect(problemsOf([SCRATCH, SHARED], [mount('fsap-0'), mount('fsap-1', readOnly)])).toEqual([
      '/mount_points/1 a job only reads the shared volume (rule fileSystems.accessPoints.shared)',
    ]);
});

test.each([
  ['a folder of the host', { name: 'v', host: { sourcePath: '/' } }],
  ['a folder of the host beside an access point', volume('fsap-0', { host: { sourcePath: '/' } })],
  ['an empty volume of the host', { name: 'v' }],
  ['a whole file system', volume('fsap-0', {}, { authorizationConfig: undefined })],
  ['the access point of the functions', volume('fsap-9')],
  ['the access point of another file system', volume('fsap-0', {}, { fileSystemId: 'fs-2' })],
  ['another folder than that of the access point', volume('fsap-0', {}, { rootDirectory: '/other' })],
  ['a list', []],
  ['a list of access points', volume('fsap-0', {}, { authorizationConfig: { accessPointId: ['fsap-0'] } })],
])('%s is no volume of a job', (_, given) => {
  expect(problemsOf([SCRATCH, given])).toEqual([
    expect.stringMatching(/^\/volumes\/1 the volume .* is not an access point that the stage lists/),
  ]);
});

test('a volume with the name of a permitted one is judged by itself', () => {
  expect(problemsOf([{ name: 'fsap-0', host: { sourcePath: '/' } }, SCRATCH])).toHaveLength(1);
  const alias = volume('fsap-1', { name: 'fsap-0' });
  expect(problemsOf([alias, SCRATCH], [mount('fsap-0')])).toHaveLength(1);
});

test('without the list of a stage nothing is refused', () => {
  const request = { volumes: [{ name: 'v', host: { sourcePath: '/' } }], mountPoints: [] };
  expect(jobVolumeProblems(request as never, 'unknown')).toEqual([]);
});
