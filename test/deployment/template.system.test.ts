import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import validate from 'asl-validator';
import { parse } from 'yaml';
import { DEFAULT_STAGING, type StagingConcurrency } from '../../src/machines/concurrency';
import { readDataSyncSettings } from '../../src/transfer/datasync/settings';
import * as deployed from './packaged';
import { type Packaged, packageStage, STAGES, type Stage, type Substitutions, targetOf } from './packaged';

interface State {
  Resource?: string;
  TimeoutSeconds?: number;
  Parameters: { FunctionName?: string; 'FunctionName.$'?: string };
  ItemProcessor?: Definition;
  MaxConcurrency?: number;
  Branches?: Definition[];
}
interface Definition {
  States: Record<string, State>;
}

const MACHINES = [
  ['DemandExecutionStateMachine', 'demand-execution'],
  ['DataSyncStateMachine', 'data-sync'],
  ['SweepStateMachine', 'sweep'],
] as const;

const DATASYNC = [
  'datasync:CreateLocationEfs',
  'datasync:CreateLocationS3',
  'datasync:ListLocations',
  'datasync:ListTasks',
];

let packaged: Packaged;
const idsOf = (type: string) => deployed.idsOf(packaged, type);
const propertiesOf = (id: string) => deployed.propertiesOf(packaged, id);
const allowedTo = (id: string) => deployed.allowedTo(packaged, id);

/** Returns `staging` of the stage's configuration. */
function stagingOf(stage: Stage): StagingConcurrency {
  return stage === 'on two file systems' ? { ...DEFAULT_STAGING, concurrency: 3 } : DEFAULT_STAGING;
}

/** Returns the definition after packaging: with the numbers of the stage, and with placeholders for ARNs. */
function source(file: string, stage: Stage): Definition {
  const text = readFileSync(join('statemachines', `${file}.asl.yml`), 'utf8');
  const numbered = text.replaceAll(/\$\{self:custom\.stack\.staging\.(\w+)\}/g, (_, name) =>
    String(stagingOf(stage)[name as keyof StagingConcurrency]),
  );
  return parse(numbered, { merge: true });
}

function statesOf({ States }: Definition): State[] {
  return Object.values(States).flatMap((state) => {
    const inner = [...(state.ItemProcessor ? [state.ItemProcessor] : []), ...(state.Branches ?? [])];
    return [state, ...inner.flatMap(statesOf)];
  });
}

/** Returns the functions of the versions that a machine calls, one for each file system. */
function functionsOf(substitutions: Substitutions): Record<string, string[]> {
  const functionOf = (value: object) => {
    const version = 'Ref' in value ? packaged.resources[String(value.Ref)] : undefined;
    if (version?.Type !== 'AWS::Lambda::Version') return [];
    return [(version.Properties.FunctionName as { Ref: string }).Ref];
  };
  return Object.fromEntries(
    Object.entries(substitutions).map(([name, value]) => [
      name,
      ('Fn::Join' in value ? value['Fn::Join'][1] : [value]).flatMap(functionOf),
    ]),
  );
}

describe.each(Object.keys(STAGES) as Stage[])('the stage %s', (stage) => {
  beforeAll(async () => {
    packaged = await packageStage(stage);
  });
  const further = stage === 'on two file systems' ? 7 : 0;

  describe.each(MACHINES)('%s', (id, file) => {
    test('is valid', () => {
      // A copy, because the validator changes its argument.
      const { isValid, errorsText } = validate(structuredClone(source(file, stage)));
      expect(isValid ? '' : errorsText()).toBe('');
    });

    test('is deployed from its file, with the numbers of the stage', () => {
      expect(JSON.parse(propertiesOf(id).DefinitionString)).toEqual(source(file, stage));
    });

    test('runs as many iterations of a Map at once as the stage asks for', () => {
      const states = statesOf(JSON.parse(propertiesOf(id).DefinitionString));
      const { concurrency, batchConcurrency } = stagingOf(stage);
      const expected = {
        'demand-execution': [concurrency, concurrency],
        'data-sync': [batchConcurrency],
        // No stage can change it.
        sweep: [4],
      };
      expect(states.flatMap(({ MaxConcurrency = [] }) => MaxConcurrency)).toEqual(expected[file]);
    });

    test('has a value for each placeholder and no other value', () => {
      const { DefinitionString, DefinitionSubstitutions } = propertiesOf(id);
      const placeholders = [...DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(DefinitionSubstitutions).sort()).toEqual([...new Set(placeholders)].sort());
    });

    test('may invoke the functions that it names and no other function', () => {
      const { DefinitionSubstitutions, RoleArn } = propertiesOf(id);
      const invoke = allowedTo(targetOf(RoleArn)).find(({ Action }) => Action === 'lambda:InvokeFunction');
      // All versions: an older execution calls an older version.
      const functions = Object.values(functionsOf(DefinitionSubstitutions)).flat();
      expect(invoke?.Resource).toEqual(functions.map((id) => ({ 'Fn::Sub': `\${${id}.Arn}:*` })));
    });

    test('waits longer for a function than the timeout of the function', () => {
      const { DefinitionString, DefinitionSubstitutions } = propertiesOf(id);
      const tasks = statesOf(JSON.parse(DefinitionString)).filter(
        (state) => state.Resource === 'arn:aws:states:::lambda:invoke',
      );
      expect(tasks).not.toHaveLength(0);
      for (const { Parameters, TimeoutSeconds } of tasks) {
        const named = Parameters.FunctionName ?? Parameters['FunctionName.$'] ?? '';
        const ids = functionsOf(DefinitionSubstitutions)[/\$\{(\w+)\}/.exec(named)?.[1] ?? ''] ?? [];
        expect(ids).toHaveLength(/Arns/.test(named) ? 1 + (further > 0 ? 1 : 0) : 1);
        for (const id of ids) expect(TimeoutSeconds).toBeGreaterThan(propertiesOf(id).Timeout);
      }
    });
  });

  test('no two functions share a role', () => {
    const functions = idsOf('AWS::Lambda::Function');
    const roles = functions.map((id) => targetOf(propertiesOf(id).Role));
    expect(functions).toHaveLength(22 + further);
    expect(new Set(roles).size).toBe(22 + further);
  });

  test('a role may use the resource * only for actions without resources', () => {
    const statements = [...idsOf('AWS::IAM::Role'), ...idsOf('AWS::IAM::ManagedPolicy')].flatMap(allowedTo);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);

    const everywhere = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    // The policy denies the EC2 actions to the code of a function.
    expect(everywhere.filter((action) => !action.startsWith('ec2:')).sort()).toEqual([
      'batch:DescribeJobDefinitions',
      'batch:DescribeJobDefinitions',
      'batch:DescribeJobQueues',
      'batch:DescribeJobs',
      'batch:DescribeJobs',
      'batch:DescribeJobs',
      ...(further > 0 ? ['batch:DescribeJobs'] : []),
      'batch:ListJobs',
      'batch:ListJobs',
      ...(further > 0 ? ['batch:ListJobs'] : []),
      ...(further > 0 ? [...DATASYNC, ...DATASYNC].sort() : DATASYNC),
      // Step Functions needs these actions for the logs of the machines.
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
      'xray:PutTraceSegments',
    ]);
  });

  test('only DataSync receives roles, and only its own two roles', () => {
    const passing = idsOf('AWS::IAM::Role')
      .flatMap(allowedTo)
      .filter(
        ({ Action, Resource }) => Action === 'iam:PassRole' && JSON.stringify(Resource).includes('DataSync'),
      );
    expect(passing).toHaveLength(further > 0 ? 2 : 1);
    for (const each of passing)
      expect(each).toEqual({
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: ['DataSyncBucketAccessRole', 'DataSyncFileSystemAccessRole'].map((id) => ({
          'Fn::GetAtt': [id, 'Arn'],
        })),
        Condition: { StringEquals: { 'iam:PassedToService': 'datasync.amazonaws.com' } },
      });
  });

  test('AWS DataSync is off unless a stage enables it', () => {
    const functions = idsOf('AWS::Lambda::Function').map((id) => propertiesOf(id).Environment.Variables);
    const told = functions.filter((variables) => 'DATASYNC_ENABLED' in variables);
    expect(told).toHaveLength(further > 0 ? 4 : 2);
    for (const variables of told) {
      expect(variables.DATASYNC_ENABLED).toBe('false');
      const enabled = { ...asTexts(variables), AWS_REGION: 'us-west-2', DATASYNC_ENABLED: 'true' };
      expect(readDataSyncSettings(asTexts(variables))).toBeUndefined();
      expect(readDataSyncSettings(enabled)).toMatchObject({ fileSystem: {}, fromBytes: 5 * 1024 ** 4 });
    }
  });

  test.each(MACHINES)('%s logs its errors without execution data, and is traced', (id) => {
    const { LoggingConfiguration, TracingConfiguration } = propertiesOf(id);
    expect(TracingConfiguration).toEqual({ Enabled: true });
    const LogGroupArn = { 'Fn::GetAtt': [`${id}LogGroup`, 'Arn'] };
    expect(LoggingConfiguration).toEqual({
      Level: 'ERROR',
      IncludeExecutionData: false,
      Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn } }],
    });
    expect(propertiesOf(`${id}LogGroup`).RetentionInDays).toBe(30);
  });

  test('each function runs on arm64, is traced, and has a log group with a retention time', () => {
    for (const id of idsOf('AWS::Lambda::Function')) {
      const { Architectures, TracingConfig, Role, MemorySize } = propertiesOf(id);
      expect({ id, Architectures, TracingConfig }).toEqual({
        id,
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
      });
      expect(MemorySize).toBeGreaterThanOrEqual(512);
      expect(propertiesOf(id.replace(/LambdaFunction$/, 'LogGroup')).RetentionInDays).toBe(30);
      const managed = propertiesOf(targetOf(Role)).ManagedPolicyArns;
      expect(managed).toContainEqual({ Ref: 'FunctionTracingPolicy' });
    }
  });

  test('only a function that mounts a file system is in the VPC', () => {
    const functions = idsOf('AWS::Lambda::Function').map(propertiesOf);
    const mounting = functions.filter(({ FileSystemConfigs }) => FileSystemConfigs !== undefined);
    expect(mounting).toHaveLength(14 + further);
    expect(functions.filter(({ VpcConfig }) => VpcConfig !== undefined)).toEqual(mounting);
  });

  test('a version of a function stays when the next version is deployed', () => {
    const versions = idsOf('AWS::Lambda::Version');
    expect(versions).toHaveLength(idsOf('AWS::Lambda::Function').length);
    for (const id of versions) expect(packaged.resources[id]?.DeletionPolicy).toBe('Retain');
  });
});

/** Returns the variables with an ARN in place of each reference, as CloudFormation does. */
function asTexts(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  const arn = 'arn:aws:iam::111122223333:role/some';
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? value : arn]),
  );
}
