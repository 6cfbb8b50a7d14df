import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { allowedTo, idsOf, type Packaged, packageStage, propertiesOf, STAGES } from './packaged';

const { secrets } = parse(readFileSync(STAGES['on two file systems'].config, 'utf8'));
const [secret, parameter] = secrets.allowed;

const variablesOf = (packaged: Packaged, id: string) => propertiesOf(packaged, id).Environment.Variables;

describe('a stage with secrets', () => {
  let packaged: Packaged;
  beforeAll(async () => {
    packaged = await packageStage('on two file systems');
  });

  test('the execution role reads the allowed secrets, decrypts with their keys, and does nothing else', () => {
    expect(allowedTo(packaged, 'ExecutionRole')).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: [secret] },
      { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: [parameter] },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: secrets.kmsKeyArns,
        Condition: {
          StringEquals: {
            'kms:ViaService': ['secretsmanager.us-west-2.amazonaws.com', 'ssm.us-west-2.amazonaws.com'],
          },
        },
      },
    ]);
    expect(propertiesOf(packaged, 'ExecutionRole').ManagedPolicyArns).toBeUndefined();
  });

  test('only the ECS agent gets the execution role, and no other role reads a secret', () => {
    expect(propertiesOf(packaged, 'ExecutionRole')).toMatchObject({
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'ecs-tasks.amazonaws.com' } }] },
    });
    const readers = idsOf(packaged, 'AWS::IAM::Role').filter((id) =>
      allowedTo(packaged, id).some(({ Action }) =>
        [Action].flat().some((action) => /^(secretsmanager|ssm|kms):/.test(action)),
      ),
    );
    expect(readers).toEqual(['ExecutionRole']);
  });

  test('the function that registers job definitions knows the role and may pass it', () => {
    const role = { 'Fn::GetAtt': ['ExecutionRole', 'Arn'] };
    expect(variablesOf(packaged, 'PrepareBatchArgsLambdaFunction').EXECUTION_ROLE_ARN).toEqual(role);
    const passed = allowedTo(packaged, 'PrepareBatchArgsRole').find(
      ({ Action }) => Action === 'iam:PassRole',
    );
    expect(passed?.Resource).toContainEqual(role);
    expect(passed?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
  });

  test.each(['Normalise', 'Intake', 'Scaffolding', 'BuildContext', 'PrepareBatchArgs'])(
    'the function %s checks the rules',
    (name) => {
      const variables = variablesOf(packaged, `${name}LambdaFunction`);
      expect(variables.ALLOWED_SECRETS).toBe(`${secret},${parameter}`);
    },
  );
});

test('a stage without secrets has no execution role', async () => {
  const packaged = await packageStage('created');
  expect(packaged.resources).not.toHaveProperty('ExecutionRole');
  expect(variablesOf(packaged, 'PrepareBatchArgsLambdaFunction').EXECUTION_ROLE_ARN).toBe('');
});
