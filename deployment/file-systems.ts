/** The file systems that demands work on, brought along or made. */
import type { DeploymentConfig } from './config';
import type { Network } from './network';
import { pascal, type Resources, ref, tags, type Value } from './template';

/** One file system as the functions mount it. */
export interface Mount {
  readonly name: string;
  readonly fileSystemId: Value;
  readonly fileSystemArn: Value;
  readonly accessPointArn: Value;
  /** A function that mounts it can be made only when these are there. */
  readonly mountTargets: readonly string[];
}

export interface FileSystems {
  readonly mounts: readonly Mount[];
  readonly resources: Resources;
}

/** What a demand gets unless it asks for others: src/efs/configuration.ts. */
const ROLES = ['scratch', 'shared', 'tmp'];

export function fileSystemsOf(config: DeploymentConfig, network: Network, envBase: string): FileSystems {
  const all = config.fileSystems.map((one, index) => {
    const id = `${pascal(one.name)}FileSystem`;
    if (!('create' in one)) {
      const mount: Mount = {
        name: one.name,
        fileSystemId: one.id,
        fileSystemArn: arnOf('file-system', one.id),
        accessPointArn: one.rootAccessPointArn,
        mountTargets: [],
      };
      return { mount, resources: {} };
    }
    const targets = network.subnetIds.map((_, index) => `${id}MountTarget${index + 1}`);
    const mount: Mount = {
      name: one.name,
      fileSystemId: ref(id),
      fileSystemArn: arnOf('file-system', ref(id)),
      accessPointArn: arnOf('access-point', ref(`${id}RootAccessPoint`)),
      mountTargets: targets,
    };
    const resources: Resources = {
      [id]: fileSystem(one.create, `${envBase}-${one.name}`, envBase),
      ...mountTargets(id, targets, network),
      // A demand that asks for none gets the first one's.
      ...accessPoints(id, envBase, index === 0 ? '' : `${one.name}-`),
    };
    return { mount, resources };
  });
  const made: Resources = Object.assign({}, ...all.map(({ resources }) => resources));
  const isNeeded = Object.keys(made).length > 0;
  return {
    mounts: all.map(({ mount }) => mount),
    resources: { ...made, ...(isNeeded && { MountTargetSecurityGroup: mountTargetGroup(network, envBase) }) },
  };
}

type CreatedFileSystem = Extract<DeploymentConfig['fileSystems'][number], { create: unknown }>['create'];

function fileSystem(
  { throughput, infrequentAccessAfterDays, backup }: CreatedFileSystem,
  name: string,
  envBase: string,
) {
  const days = infrequentAccessAfterDays;
  return {
    Type: 'AWS::EFS::FileSystem',
    // What a failed demand could not store is nowhere else.
    DeletionPolicy: 'Retain' as const,
    UpdateReplacePolicy: 'Retain' as const,
    Properties: {
      Encrypted: true,
      PerformanceMode: 'generalPurpose',
      ThroughputMode: throughput,
      BackupPolicy: { Status: backup ? 'ENABLED' : 'DISABLED' },
      LifecyclePolicies: [
        { TransitionToIA: days === 1 ? 'AFTER_1_DAY' : `AFTER_${days}_DAYS` },
        // Read again, an input is read by a job, many times over.
        { TransitionToPrimaryStorageClass: 'AFTER_1_ACCESS' },
      ],
      FileSystemTags: tags({ Name: name, env_base: envBase }),
      FileSystemPolicy: fileSystemPolicy(),
    },
  };
}

/**
 * Encrypted on its way, and through an access point only, for all. Jobs mount without IAM (`iam: DISABLED` in
 * src/batch/job.ts, as the original), so whom the mount target's security group lets in is let in here.
 * ClientRootAccess: what runs as root, as the functions' access point does, would be nobody without it.
 */
function fileSystemPolicy() {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'RefuseUnencrypted',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Sid: 'AllowThroughAccessPoints',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'elasticfilesystem:ClientMount',
          'elasticfilesystem:ClientWrite',
          'elasticfilesystem:ClientRootAccess',
        ],
        Condition: {
          Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' },
          StringLike: {
            'elasticfilesystem:AccessPointArn': arnOf('access-point', '*'),
          },
        },
      },
    ],
  };
}

function mountTargets(id: string, targets: readonly string[], { subnetIds }: Network): Resources {
  return Object.fromEntries(
    targets.map((target, index) => [
      target,
      {
        Type: 'AWS::EFS::MountTarget',
        Properties: {
          FileSystemId: ref(id),
          SubnetId: subnetIds[index],
          SecurityGroups: [ref('MountTargetSecurityGroup')],
        },
      },
    ]),
  );
}

/** Named and tagged as src/efs looks for them. */
function accessPoints(id: string, envBase: string, prefix: string): Resources {
  const point = (name: string, properties: Readonly<Record<string, Value>>) => ({
    Type: 'AWS::EFS::AccessPoint',
    Properties: {
      FileSystemId: ref(id),
      AccessPointTags: tags({ Name: `${prefix}${name}`, env_base: envBase }),
      ...properties,
    },
  });
  // As root: it has to write and remove what the jobs' containers leave behind.
  const root = point('root', { PosixUser: { Uid: '0', Gid: '0' }, RootDirectory: { Path: '/' } });
  const roles = ROLES.map((role) => [
    `${id}${pascal(role)}AccessPoint`,
    // No user of its own: a job writes as whoever its image runs as, hence a folder that is open to all.
    point(role, {
      RootDirectory: {
        Path: `/${role}`,
        CreationInfo: { OwnerUid: '0', OwnerGid: '0', Permissions: '1777' },
      },
    }),
  ]);
  return { [`${id}RootAccessPoint`]: root, ...Object.fromEntries(roles) };
}

function mountTargetGroup({ vpcId, securityGroupIds }: Network, envBase: string) {
  return {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: 'Mount targets: NFS from functions and jobs',
      VpcId: vpcId,
      SecurityGroupIngress: securityGroupIds.map((id) => ({
        IpProtocol: 'tcp',
        FromPort: 2049,
        ToPort: 2049,
        SourceSecurityGroupId: id,
        Description: 'NFS from functions and jobs',
      })),
      Tags: tags({ Name: `${envBase}-mount-targets` }),
    },
  };
}

/** Put together: the framework takes no Fn::Sub for an access point. */
function arnOf(kind: 'file-system' | 'access-point', id: Value) {
  const parts = [
    'arn:aws:elasticfilesystem:',
    ref('AWS::Region'),
    ':',
    ref('AWS::AccountId'),
    `:${kind}/`,
    id,
  ];
  return { 'Fn::Join': ['', parts] };
}
