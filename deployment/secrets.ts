/** The execution role: the ECS agent reads the secrets of a job with it, before the job starts. */
import type { DeploymentConfig } from './config';
import { ecsTasksTrust } from './ecs-tasks-trust';
import { attribute, type Resources, type Value } from './template';

export interface Secrets {
  /** The rules, with commas between them. */
  readonly allowed: string;
  /** Absent when the stage allows no secret. */
  readonly executionRoleArn?: Value;
  readonly resources: Resources;
}

/**
 * The role has the rights on the allowed secrets and no other right. On EC2, images and logs use the role of the instance:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function secretsOf({ secrets: { allowed, kmsKeyArns } }: DeploymentConfig): Secrets {
  if (allowed.length === 0) return { allowed: '', resources: {} };
  const statements = [
    allow('secretsmanager:GetSecretValue', rulesOf(allowed, 'secretsmanager')),
    allow('ssm:GetParameters', rulesOf(allowed, 'ssm')),
    allow('kms:Decrypt', kmsKeyArns, { StringEquals: { 'kms:ViaService': viaServices(allowed) } }),
  ];
  return {
    allowed: allowed.join(),
    executionRoleArn: attribute('ExecutionRole', 'Arn'),
    resources: {
      ExecutionRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: ecsTasksTrust(),
          Policies: [
            {
              PolicyName: 'secrets',
              PolicyDocument: { Version: '2012-10-17', Statement: statements.flat() },
            },
          ],
        },
      },
    },
  };
}

/** Returns the rules for the secrets of one service. */
export function rulesOf(allowed: readonly string[], service: 'secretsmanager' | 'ssm'): string[] {
  return allowed.filter((rule) => rule.split(':')[2] === service);
}

function allow(Action: string, Resource: readonly string[], Condition?: Readonly<Record<string, Value>>) {
  return Resource.length === 0
    ? []
    : [{ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) }];
}

/** A key decrypts only for the services and regions of the secrets. */
function viaServices(allowed: readonly string[]): string[] {
  const services = allowed.map((rule) => {
    const [, , service, region] = rule.split(':');
    return `${service}.${region}.amazonaws.com`;
  });
  return [...new Set(services)];
}
