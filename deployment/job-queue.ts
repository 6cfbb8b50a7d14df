/** The Batch queue that jobs wait in, brought along or made. */
import type { DeploymentConfig } from './config';
import type { Network } from './network';
import { attribute, type Resources, ref, sub, tags, type Value } from './template';

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
          // The second is asked when the first has no capacity.
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
      // Updated in place, so that the queue keeps it.
      ReplaceComputeEnvironment: false,
      UpdatePolicy: { TerminateJobsOnUpdate: false, JobExecutionTimeoutMinutes: 360 },
      ComputeResources: {
        Type: type,
        // Spot that is seldom taken away again before it is cheapest.
        AllocationStrategy: type === 'SPOT' ? 'SPOT_PRICE_CAPACITY_OPTIMIZED' : 'BEST_FIT_PROGRESSIVE',
        MinvCpus: 0,
        MaxvCpus: maxVcpus,
        InstanceTypes: instanceTypes,
        InstanceRole: attribute('JobInstanceProfile', 'Arn'),
        Subnets: subnetIds,
        SecurityGroupIds: securityGroupIds,
        // A number: with `$Latest`, instances of an older one would go on being launched.
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
        // What the ECS agent asks for, as AWS keeps it; see the launch template for who gets at it.
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
          // One hop ends in the instance, so that a container in a network of its own never gets the instance's
          // role. Where Batch runs a container in the host's network there is no hop to count, and nothing here
          // keeps it away: hence a role with AWS's minimum for the ECS agent, and nothing of ours.
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

/** The same for tasks with a network interface of their own (multi-node jobs). Batch wants MIME parts. */
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

/** What a demand may ask for as `job_role`: those that were brought, or one that may do nothing. */
export function jobRolesOf({ jobRoleArns }: DeploymentConfig): {
  readonly arns: readonly Value[];
  readonly resources: Resources;
} {
  if (jobRoleArns.length > 0) return { arns: jobRoleArns, resources: {} };
  const trust = {
    Effect: 'Allow',
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: {
      StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
      ArnLike: { 'aws:SourceArn': sub('arn:aws:ecs:${AWS::Region}:${AWS::AccountId}:*') },
    },
  };
  return {
    arns: [attribute('JobRole', 'Arn')],
    resources: {
      JobRole: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] } },
      },
    },
  };
}
