import { serveFileSystems } from '../../deployment/file-systems-of-functions';

const mount = (name: string) => ({
  name,
  fileSystemId: `fs-${name}`,
  fileSystemArn: `arn:fs-${name}`,
  accessPointArn: `arn:fsap-${name}`,
  mountTargets: [`${name}Target`],
});

function templateOf() {
  const call = { Effect: 'Allow', Resource: [{ 'Fn::Sub': '${DataSyncLambdaFunction.Arn}:*' }, 'arn:other'] };
  return {
    Resources: {
      DataSyncLambdaFunction: {
        Type: 'AWS::Lambda::Function',
        DependsOn: ['DataSyncLogGroup', 'aTarget'],
        Properties: {
          FunctionName: 'sync',
          FileSystemConfigs: [{ Arn: 'arn:fsap-a' }],
          Environment: { Variables: { ID: 'fs-a', EFS_FILE_SYSTEM_IDS: ['fs-a', 'fs-b', 'fs-c'] } },
        },
      },
      DataSyncLogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/sync' } },
      DataSyncLambdaVersionX1: {
        Type: 'AWS::Lambda::Version',
        Properties: { FunctionName: { Ref: 'DataSyncLambdaFunction' } },
      },
      DataSyncStateMachineRole: {
        Type: 'AWS::IAM::Role',
        Properties: { Policies: [{ PolicyDocument: { Statement: [call] } }] },
      },
    },
  };
}

test('a stage with three file systems has each function and its version three times', () => {
  const template = templateOf();
  const ids = serveFileSystems(template, ['a', 'b', 'c'].map(mount));
  expect(ids.get('DataSyncLambdaFunction')).toEqual([
    'DataSyncLambdaFunction',
    'DataSyncOnBLambdaFunction',
    'DataSyncOnCLambdaFunction',
  ]);
  const all = Object.entries(template.Resources) as [string, { Type: string; Properties: object }][];
  const versions = all.filter(([, { Type }]) => Type === 'AWS::Lambda::Version');
  expect(versions.map(([, { Properties }]) => Properties)).toEqual(
    ids.get('DataSyncLambdaFunction')?.map((Ref) => ({ FunctionName: { Ref } })),
  );
  expect(Object.fromEntries(all).DataSyncOnCLambdaFunction).toEqual({
    Type: 'AWS::Lambda::Function',
    DependsOn: ['DataSyncOnCLogGroup', 'cTarget'],
    Properties: {
      FunctionName: 'sync-on-c',
      FileSystemConfigs: [{ Arn: 'arn:fsap-c' }],
      Environment: { Variables: { ID: 'fs-c', EFS_FILE_SYSTEM_IDS: ['fs-a', 'fs-b', 'fs-c'] } },
    },
  });
  expect(Object.fromEntries(all).DataSyncStateMachineRole).toMatchObject({
    Properties: {
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              {
                Resource: [
                  { 'Fn::Sub': '${DataSyncLambdaFunction.Arn}:*' },
                  { 'Fn::Sub': '${DataSyncOnBLambdaFunction.Arn}:*' },
                  { 'Fn::Sub': '${DataSyncOnCLambdaFunction.Arn}:*' },
                  'arn:other',
                ],
              },
            ],
          },
        },
      ],
    },
  });
});

test('one file system does not change the template', () => {
  const template = templateOf();
  serveFileSystems(template, [mount('a')]);
  expect(template).toEqual(templateOf());
});
