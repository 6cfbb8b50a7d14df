import * as deployed from './packaged';
import { type Packaged, packageStage } from './packaged';

const SERVING = [
  'BuildContext',
  'PlanDataSync',
  'DataSync',
  'DataSyncTask',
  'RemoveDataPaths',
  'CleanUpAfter',
  'Sweep',
];
const ALL_IDS = { 'Fn::Join': [',', [{ Ref: 'MainFileSystem' }, { Ref: 'ArchiveFileSystem' }]] };

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageStage('on two file systems');
});
const propertiesOf = (id: string) => deployed.propertiesOf(packaged, id);

test.each(SERVING)('the second file system has its own %s', (name) => {
  const [first, second] = [`${name}LambdaFunction`, `${name}OnArchiveLambdaFunction`];
  expect(propertiesOf(second)).toMatchObject({
    Handler: (propertiesOf(first) as unknown as { Handler: string }).Handler,
    Role: { 'Fn::GetAtt': [`${name}OnArchiveRole`, 'Arn'] },
    FunctionName: `${propertiesOf(first).FunctionName}-on-archive`,
  });
  const { EFS_FILE_SYSTEM_IDS, ACCESS_POINTS, ...variables } = propertiesOf(second).Environment.Variables;
  expect(EFS_FILE_SYSTEM_IDS).toEqual(ALL_IDS);
  expect(ACCESS_POINTS).toEqual(propertiesOf(first).Environment.Variables.ACCESS_POINTS);
  expect(propertiesOf(first).Environment.Variables.EFS_FILE_SYSTEM_IDS).toEqual(ALL_IDS);
  const { DependsOn, Properties } = packaged.resources[second] as deployed.Resource;
  const own = [
    DependsOn,
    variables,
    Properties.FileSystemConfigs,
    propertiesOf(`${name}OnArchiveRole`),
    propertiesOf(`${name}OnArchiveLogGroup`),
  ];
  expect(JSON.stringify(own)).toContain('ArchiveFileSystem');
  // All file systems share DataSync's own role.
  expect(JSON.stringify(own)).not.toContain('MainFileSystem');
  expect(JSON.stringify(own)).not.toContain(`"${name}LogGroup"`);
});

test('each file system has a clean-up after an execution without success', () => {
  const { Targets } = propertiesOf('ExecutionNotSucceeded') as unknown as { Targets: unknown[] };
  expect(Targets).toMatchObject([
    { Id: 'clean-up-after', Arn: { 'Fn::GetAtt': ['CleanUpAfterLambdaFunction', 'Arn'] } },
    { Id: 'clean-up-after-1', Arn: { 'Fn::GetAtt': ['CleanUpAfterOnArchiveLambdaFunction', 'Arn'] } },
  ]);
  expect(propertiesOf('ExecutionNotSucceededPermissionOnArchive').FunctionName).toEqual({
    Ref: 'CleanUpAfterOnArchiveLambdaFunction',
  });
});

test.each([
  ['CleanUpAfter', 'DataSync'],
  ['CleanUpAfterOnArchive', 'DataSyncOnArchive'],
])('%s ends only the transfers of its own file system', (name, dataSync) => {
  const functions = [dataSync.replace('DataSync', 'DataSyncTask'), dataSync].map(
    (id) => `${id}LambdaFunction`,
  );
  const { Variables } = propertiesOf(`${name}LambdaFunction`).Environment;
  expect([Variables.DATA_SYNC_TASK_FUNCTION, Variables.DATA_SYNC_FUNCTION]).toEqual(
    functions.map((id) => ({ Ref: id })),
  );
  const invoke = deployed
    .allowedTo(packaged, `${name}Role`)
    .filter(({ Action }) => Action === 'lambda:InvokeFunction');
  expect(invoke.map(({ Resource }) => Resource)).toEqual(
    functions.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] })),
  );
});

test('only the access points of the first file system have the names of roles', () => {
  const names = deployed
    .idsOf(packaged, 'AWS::EFS::AccessPoint')
    .map(
      (id) =>
        (propertiesOf(id) as unknown as { AccessPointTags: { Value: string }[] }).AccessPointTags[0]?.Value,
    );
  expect(names.sort()).toEqual(
    [
      'root',
      'scratch',
      'shared',
      'tmp',
      'archive-scratch',
      'archive-shared',
      'archive-tmp',
      'archive-root',
    ].sort(),
  );
});
