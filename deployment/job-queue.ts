/** The Batch queue of jobs: an existing queue, or a queue of the stack. */
import type { DeploymentConfig } from './config';
import { ecsTasksTrust } from './ecs-tasks-trust';
import type { Network } from './network';
import { attribute, type Resources, ref, tags, type Value } from './template';

export interface JobQueue {
  readonly arn: Value;
  readonly resources: Resources;
}

const MANAGED = 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role';

export function jobQueueOf({ jobQueue }: DeploymentConfig, network: Network, envBase: string): JobQueue {
  if (!('create' in jobQueue)) return { arn: jobQueue.arn, resources: {} };
  const { create } = jobQueue;
  return {
    arn: ref('JobQueue'),
    resources: {
      ...instances(create, envBase),
      SpotComputeEnvironment: computeEnvironment('SPOT', create, network, envBase),
      OnDemandComputeEnvironment: computeEnvironment('EC2', create, network, envBase),
      JobQueue: {
        Type: 'AWS::Batch::JobQueue',
        Properties: {
          JobQueueName: create.name ?? envBase,
          Priority: 1,
          // Batch uses the second environment when the first has no capacity.
          ComputeEnvironmentOrder: ['Spot', 'OnDemand'].map((kind, index) => ({
            Order: index + 1,
            ComputeEnvironment: ref(`${kind}ComputeEnvironment`),
          })),
        },
      },
    },
  };
}

type CreatedJobQueue = Extract<DeploymentConfig['jobQueue'], { create: unknown }>['create'];

function computeEnvironment(
  type: 'SPOT' | 'EC2',
  { maxVcpus, instanceTypes }: CreatedJobQueue,
  { subnetIds, securityGroupIds }: Network,
  envBase: string,
) {
  return {
    Type: 'AWS::Batch::ComputeEnvironment',
    Properties: {
      Type: 'MANAGED',
      State: 'ENABLED',
      // CloudFormation updates the environment in place, so the queue keeps it.
      ReplaceComputeEnvironment: false,
      UpdatePolicy: { TerminateJobsOnUpdate: false, JobExecutionTimeoutMinutes: 360 },
      ComputeResources: {
        Type: type,
        // For Spot, few interruptions come before the lowest price.
        AllocationStrategy: type === 'SPOT' ? 'SPOT_PRICE_CAPACITY_OPTIMIZED' : 'BEST_FIT_PROGRESSIVE',
        MinvCpus: 0,
        MaxvCpus: maxVcpus,
        InstanceTypes: instanceTypes,
        InstanceRole: attribute('JobInstanceProfile', 'Arn'),
        Subnets: subnetIds,
        SecurityGroupIds: securityGroupIds,
        // A version number: with `$Latest`, Batch would go on with instances of the older version.
        LaunchTemplate: {
          LaunchTemplateId: ref('JobLaunchTemplate'),
          Version: attribute('JobLaunchTemplate', 'LatestVersionNumber'),
        },
        UpdateToLatestImageVersion: true,
        Tags: { Name: `${envBase}-job`, env_base: envBase },
      },
    },
  };
}

function instances({ diskGib }: CreatedJobQueue, envBase: string): Resources {
  return {
    JobInstanceRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        // AWS's policy for the ECS agent. The launch template below limits who can use this role.
        ManagedPolicyArns: [MANAGED],
      },
    },
    JobInstanceProfile: {
      Type: 'AWS::IAM::InstanceProfile',
      Properties: { Roles: [ref('JobInstanceRole')] },
    },
    JobLaunchTemplate: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: {
        LaunchTemplateName: `${envBase}-job`,
        LaunchTemplateData: {
          // One hop ends in the instance, so a container in a network of its own never gets the instance's role.
          // A container in the host's network needs no hop, and no setting here keeps it away. So the role has
          // only AWS's minimum for the ECS agent.
          MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
          BlockDeviceMappings: [
            {
              DeviceName: '/dev/xvda',
              Ebs: { VolumeSize: diskGib, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true },
            },
          ],
          UserData: { 'Fn::Base64': USER_DATA },
          TagSpecifications: [
            { ResourceType: 'instance', Tags: tags({ Name: `${envBase}-job` }) },
            { ResourceType: 'volume', Tags: tags({ Name: `${envBase}-job` }) },
          ],
        },
      },
    },
  };
}

/** Blocks the role also for tasks with a network interface of their own (multi-node jobs). Batch expects MIME parts. */
const USER_DATA = [
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="=="',
  '',
  '--==',
  'Content-Type: text/x-shellscript; charset="us-ascii"',
  '',
  '#!/bin/bash',
  'echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config',
  '',
  '--==--',
  '',
].join('\n');

/** Returns the roles that a demand may name as `job_role`: the configured roles, or a role without rights. */
export function jobRolesOf({ jobRoleArns }: DeploymentConfig): {
  readonly arns: readonly Value[];
  readonly resources: Resources;
} {
  if (jobRoleArns.length > 0) return { arns: jobRoleArns, resources: {} };
  return {
    arns: [attribute('JobRole', 'Arn')],
    resources: {
      JobRole: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: ecsTasksTrust() },
      },
    },
  };
}
