/** The deployed sweeper: its schedule, its request and its rights. */
import { DEFAULT_SWEEP } from '../../src/sweep/defaults';
import { sweepRequestSchema } from '../../src/sweep/request';
import { readModel } from '../../src/wire/schema';
import * as deployed from './packaged';
import { type Packaged, packageStage, targetOf } from './packaged';

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageStage('brought');
});

const propertiesOf = (id: string) =>
  deployed.propertiesOf(packaged, id) as unknown as Record<string, unknown>;
const actionsOf = (id: string) => deployed.allowedTo(packaged, id).flatMap(({ Action }) => Action);
const variablesOf = (id: string) =>
  deployed.propertiesOf(packaged, id).Environment.Variables as Readonly<Record<string, string>>;

test('a schedule starts the machine each day, and a start that fails is a dead event', () => {
  expect(propertiesOf('SweepSchedule')).toMatchObject({
    ScheduleExpression: 'rate(1 day)',
    State: 'ENABLED',
    Targets: [
      {
        Arn: { Ref: 'SweepStateMachine' },
        RoleArn: { 'Fn::GetAtt': ['SweepScheduleRole', 'Arn'] },
        Input: '{}',
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadEvents', 'Arn'] } },
      },
    ],
  });
  expect(deployed.allowedTo(packaged, 'SweepScheduleRole')).toEqual([
    { Effect: 'Allow', Action: 'states:StartExecution', Resource: { Ref: 'SweepStateMachine' } },
  ]);
  expect(JSON.stringify(propertiesOf('DeadEventsPolicy'))).toContain('SweepSchedule');
});

test('the function reads the request of the configuration, with the default ages and no size', () => {
  const variables = variablesOf('SweepAccountLambdaFunction');
  const request = readModel(sweepRequestSchema, JSON.parse(variables.SWEEP_REQUEST ?? ''));
  expect(request).toMatchObject({ dryRun: false, unowned: false, keptDays: DEFAULT_SWEEP.keptDays });
  const { scratch, shared, tmp } = DEFAULT_SWEEP.daysSinceLastAccessed;
  expect(
    request.volumes.map(({ role, path, daysSinceLastAccessed }) => [role, path, daysSinceLastAccessed]),
  ).toEqual([
    ['scratch', undefined, scratch],
    ['shared', undefined, shared],
    ['tmp', undefined, tmp],
  ]);
  for (const { maxSizeBytes } of request.volumes) expect(maxSizeBytes).toBeUndefined();
});

test('only the roles that begin uploads in parts are named', () => {
  const named = JSON.stringify(variablesOf('SweepAccountLambdaFunction').SWEEP_UPLOAD_ROLES);
  const roles = deployed
    .idsOf(packaged, 'AWS::Lambda::Function')
    .map((id) => targetOf(deployed.propertiesOf(packaged, id).Role))
    .filter((role) =>
      deployed
        .allowedTo(packaged, role)
        .some(
          ({ Action, Resource }) =>
            [Action].flat().includes('s3:PutObject') &&
            JSON.stringify(Resource).includes('example-demand-data'),
        ),
    );
  expect(roles).toContain('DataSyncRole');
  for (const role of roles.filter((name) => name !== 'PutJsonToFileRole' && name !== 'DataSyncTaskRole'))
    expect(named).toContain(`{"Ref":"${role}"}`);
});

test('the function on a file system reads executions and reaches no S3; the other one mounts nothing', () => {
  expect(actionsOf('SweepRole')).toEqual([
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'elasticfilesystem:ClientMount',
    'elasticfilesystem:ClientWrite',
    'states:DescribeExecution',
    'states:ListExecutions',
  ]);
  expect(actionsOf('SweepAccountRole')).toEqual([
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'states:ListExecutions',
    's3:ListBucketMultipartUploads',
    's3:AbortMultipartUpload',
    'batch:DescribeJobDefinitions',
    'batch:DeregisterJobDefinition',
    'events:PutEvents',
  ]);
});
