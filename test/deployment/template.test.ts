import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import validate from 'asl-validator';
import { parse } from 'yaml';
import { pythonEnvironment } from '../../local/api/python-environment';
import {
  REQUEST_DETAIL_TYPE,
  REQUEST_SOURCE,
  STATUS_DETAIL_TYPE,
  STATUS_SOURCE,
  STATUSES,
} from '../../src/events/model';
import { readDataSyncSettings } from '../../src/transfer/datasync/settings';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
}
interface Policy {
  Statement: Statement[];
}
type GetAtt = { 'Fn::GetAtt': [string, string] };
type Substitutions = Record<string, GetAtt | { Ref: string }>;

/** Only what is asked of the compiled resources, of whatever type. */
interface Resource {
  Type: string;
  Properties: {
    DefinitionString: string;
    DefinitionSubstitutions: Substitutions;
    RoleArn: GetAtt;
    Role: GetAtt;
    Timeout: number;
    Environment: { Variables: Record<string, unknown> };
    Policies?: { PolicyDocument: Policy }[];
    PolicyDocument?: Policy;
  };
}
interface Rule {
  EventPattern: { source: string[]; 'detail-type': string[]; detail?: { status?: string[] } };
  Targets: { Arn: GetAtt; DeadLetterConfig?: { Arn: GetAtt } }[];
}
interface State {
  Resource?: string;
  TimeoutSeconds?: number;
  Parameters: { FunctionName: string };
  ItemProcessor?: Definition;
  Branches?: Definition[];
}
interface Definition {
  States: Record<string, State>;
}

const folder = mkdtempSync(join(tmpdir(), 'package-'));
let resources: Record<string, Resource>;

beforeAll(() => {
  // Not the default folder: a test must not replace what somebody is about to deploy.
  execFileSync('npx', ['serverless', 'package', '--package', folder], { stdio: 'pipe' });
  const template = readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  resources = JSON.parse(template).Resources;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

const idsOf = (type: string) => Object.keys(resources).filter((id) => resources[id]?.Type === type);
const propertiesOf = (id: string) => resources[id]!.Properties;
const targetOf = (value: GetAtt) => value['Fn::GetAtt'][0];

function source(file: string): Definition {
  return parse(readFileSync(join('statemachines', `${file}.asl.yml`), 'utf8'), { merge: true });
}

function allowedTo(id: string): Statement[] {
  const { Policies = [], PolicyDocument } = propertiesOf(id);
  const documents = PolicyDocument ? [PolicyDocument] : Policies.map((policy) => policy.PolicyDocument);
  return documents.flatMap(({ Statement }) => Statement).filter(({ Effect }) => Effect === 'Allow');
}

function statesOf({ States }: Definition): State[] {
  return Object.values(States).flatMap((state) => {
    const inner = [...(state.ItemProcessor ? [state.ItemProcessor] : []), ...(state.Branches ?? [])];
    return [state, ...inner.flatMap(statesOf)];
  });
}

function functionsOf(substitutions: Substitutions): GetAtt[] {
  return Object.values(substitutions).filter((value) => 'Fn::GetAtt' in value);
}

describe.each([
  ['DemandExecutionStateMachine', 'demand-execution'],
  ['DataSyncStateMachine', 'data-sync'],
])('%s', (id, file) => {
  test('is valid', () => {
    // A copy, as the validator writes into what it is given.
    const { isValid, errorsText } = validate(structuredClone(source(file)));
    expect(isValid ? '' : errorsText()).toBe('');
  });

  test('is deployed exactly as in its file', () => {
    expect(JSON.parse(propertiesOf(id).DefinitionString)).toEqual(source(file));
  });

  test('has a value for each placeholder and no other', () => {
    const { DefinitionString, DefinitionSubstitutions } = propertiesOf(id);
    const placeholders = [...DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(DefinitionSubstitutions).sort()).toEqual([...new Set(placeholders)].sort());
  });

  test('may invoke the functions it names and no other', () => {
    const { DefinitionSubstitutions, RoleArn } = propertiesOf(id);
    const invoke = allowedTo(targetOf(RoleArn)).find(({ Action }) => Action === 'lambda:InvokeFunction');
    expect(invoke?.Resource).toEqual(functionsOf(DefinitionSubstitutions));
  });

  test('waits longer for a function than the function may take', () => {
    const { DefinitionString, DefinitionSubstitutions } = propertiesOf(id);
    const tasks = statesOf(JSON.parse(DefinitionString)).filter(
      (state) => state.Resource === 'arn:aws:states:::lambda:invoke',
    );
    expect(tasks).not.toHaveLength(0);
    for (const { Parameters, TimeoutSeconds } of tasks) {
      const value = DefinitionSubstitutions[Parameters.FunctionName.slice(2, -1)] as GetAtt;
      expect(TimeoutSeconds).toBeGreaterThan(propertiesOf(targetOf(value)).Timeout);
    }
  });
});

test('cfn-lint finds nothing in the template', async () => {
  const python = await pythonEnvironment('local/api/requirements.txt', '.cache/python');
  const program = 'import sys; from cfnlint.runner import main; sys.argv[0] = "cfn-lint"; main()';
  const template = join(folder, 'cloudformation-template-update-stack.json');
  // What is left out, and why, is said in .cfnlintrc.yaml.
  const found = spawnSync(python, ['-c', program, '--ignore-checks', 'W3005', '--template', template]);
  expect({ status: found.status, told: `${found.stdout}${found.stderr}` }).toEqual({ status: 0, told: '' });
}, 120_000);

test('no two functions share a role', () => {
  const functions = idsOf('AWS::Lambda::Function');
  const roles = functions.map((id) => targetOf(propertiesOf(id).Role));
  expect(functions).toHaveLength(19);
  expect(new Set(roles).size).toBe(19);
});

test('a role is allowed * only where AWS knows no resource', () => {
  const statements = [...idsOf('AWS::IAM::Role'), ...idsOf('AWS::IAM::ManagedPolicy')].flatMap(allowedTo);
  expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);

  const everywhere = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
  // Network interfaces are denied again to a function's code.
  expect(everywhere.filter((action) => !action.startsWith('ec2:')).sort()).toEqual([
    'batch:DescribeJobDefinitions',
    'batch:DescribeJobQueues',
    'batch:DescribeJobs',
    'batch:DescribeJobs',
    'datasync:CreateLocationEfs',
    'datasync:CreateLocationS3',
    'datasync:ListLocations',
    'datasync:ListTasks',
  ]);
});

describe('events', () => {
  const rules = () =>
    idsOf('AWS::Events::Rule').map((id) => [id, propertiesOf(id) as unknown as Rule] as const);

  test('are matched as they are sent', () => {
    const patterns = Object.fromEntries(rules().map(([id, { EventPattern }]) => [id, EventPattern]));
    expect(patterns.DemandRequested).toEqual({
      source: [REQUEST_SOURCE],
      'detail-type': [REQUEST_DETAIL_TYPE],
    });
    expect(patterns.DemandStatusChanged).toMatchObject({
      source: [STATUS_SOURCE],
      'detail-type': [STATUS_DETAIL_TYPE],
    });
    const { status } = patterns.ExecutionChanged?.detail ?? {};
    expect(['REFUSED', ...(status ?? [])]).toEqual(STATUSES);
  });

  test('each rule may start its function, and nothing of what fails is lost', () => {
    const dead = { 'Fn::GetAtt': ['DeadEvents', 'Arn'] };
    const permissions = idsOf('AWS::Lambda::Permission').map((id) => propertiesOf(id));
    const retries = idsOf('AWS::Lambda::EventInvokeConfig').map((id) => propertiesOf(id));
    expect(rules()).toHaveLength(4);
    for (const [id, { Targets }] of rules()) {
      const FunctionName = { Ref: targetOf(Targets[0]!.Arn) };
      expect(Targets).toMatchObject([{ DeadLetterConfig: { Arn: dead } }]);
      expect(permissions).toContainEqual(
        expect.objectContaining({ FunctionName, SourceArn: { 'Fn::GetAtt': [id, 'Arn'] } }),
      );
      const destination = { OnFailure: { Destination: dead } };
      expect(retries).toContainEqual(
        expect.objectContaining({ FunctionName, DestinationConfig: destination }),
      );
      const role = targetOf(propertiesOf(FunctionName.Ref).Role);
      expect(allowedTo(role)).toContainEqual({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: dead });
    }
  });

  test('the queue and the topic are encrypted', () => {
    expect(propertiesOf('DeadEvents')).toMatchObject({ SqsManagedSseEnabled: true });
    expect(propertiesOf('NotificationTopic')).toMatchObject({ KmsMasterKeyId: 'alias/aws/sns' });
  });
});

test('a role is passed to DataSync only, and only those two that are there for it', () => {
  const passing = idsOf('AWS::IAM::Role')
    .flatMap(allowedTo)
    .filter(
      ({ Action, Resource }) => Action === 'iam:PassRole' && JSON.stringify(Resource).includes('DataSync'),
    );
  expect(passing).toEqual([
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: ['DataSyncBucketAccessRole', 'DataSyncFileSystemAccessRole'].map((id) => ({
        'Fn::GetAtt': [id, 'Arn'],
      })),
      Condition: { StringEquals: { 'iam:PassedToService': 'datasync.amazonaws.com' } },
    },
  ]);
});

test('AWS DataSync is off unless a stage turns it on', () => {
  const functions = idsOf('AWS::Lambda::Function').map((id) => propertiesOf(id).Environment.Variables);
  const told = functions.filter((variables) => 'DATASYNC_ENABLED' in variables);
  expect(told).toHaveLength(2);
  for (const variables of told) {
    expect(variables.DATASYNC_ENABLED).toBe('false');
    const enabled = { ...asTexts(variables), AWS_REGION: 'us-west-2', DATASYNC_ENABLED: 'true' };
    expect(readDataSyncSettings(asTexts(variables))).toBeUndefined();
    expect(readDataSyncSettings(enabled)).toMatchObject({ fileSystem: {}, fromBytes: 5 * 1024 ** 4 });
  }
});

/** As CloudFormation fills them in: an ARN for what is one. */
function asTexts(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  const arn = 'arn:aws:iam::111122223333:role/some';
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? value : arn]),
  );
}
