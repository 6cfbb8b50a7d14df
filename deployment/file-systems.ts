/** The file systems of demands: existing file systems, or file systems of the stack. */

import { VOLUME_ROLES, type VolumeRole } from '../src/efs/model';
import type { StageAccessPoint } from '../src/efs/stage-access-points';
import type { DeploymentConfig } from './config';
import type { Network } from './network';
import { pascal, type Resources, ref, tags, type Value } from './template';

/** One file system as the functions mount it. */
export interface Mount {
  readonly name: string;
  readonly fileSystemId: Value;
  readonly fileSystemArn: Value;
  readonly accessPointArn: Value;
  /** Logical ids of the mount targets. They must exist before a function that mounts the file system is made. */
  readonly mountTargets: readonly string[];
}

export interface FileSystems {
  readonly mounts: readonly Mount[];
  /** The access points that demands may mount. `${X}` stands for the id of the stack's resource X. */
  readonly accessPoints: readonly StageAccessPoint[];
  readonly resources: Resources;
}

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
      return { mount, resources: {}, accessPoints: broughtAccessPoints(one) };
    }
    const targets = network.subnetIds.map((_, index) => `${id}MountTarget${index + 1}`);
    const mount: Mount = {
      name: one.name,
      fileSystemId: ref(id),
      fileSystemArn: arnOf('file-system', ref(id)),
      accessPointArn: arnOf('access-point', ref(`${id}RootAccessPoint`)),
      mountTargets: targets,
    };
    // A demand without a file system gets the access points without a prefix.
    const prefix = index === 0 ? '' : `${one.name}-`;
    const resources: Resources = {
      [id]: fileSystem(one.create, `${envBase}-${one.name}`, envBase),
      ...mountTargets(id, targets, network),
      ...accessPoints(id, envBase, prefix, one.create.jobUserId),
    };
    return { mount, resources, accessPoints: madeAccessPoints(id, `${envBase}-${one.name}`, prefix) };
  });
  const made: Resources = Object.assign({}, ...all.map(({ resources }) => resources));
  const isNeeded = Object.keys(made).length > 0;
  return {
    mounts: all.map(({ mount }) => mount),
    accessPoints: all.flatMap((each) => each.accessPoints),
    resources: { ...made, ...(isNeeded && { MountTargetSecurityGroup: mountTargetGroup(network, envBase) }) },
  };
}

type FileSystemConfig = DeploymentConfig['fileSystems'][number];
type CreatedFileSystem = Extract<FileSystemConfig, { create: unknown }>['create'];
type BroughtFileSystem = Extract<FileSystemConfig, { id: string }>;

function fileSystem(
  { throughput, infrequentAccessAfterDays, backup }: CreatedFileSystem,
  name: string,
  envBase: string,
) {
  const days = infrequentAccessAfterDays;
  return {
    Type: 'AWS::EFS::FileSystem',
    // Outputs that a failed demand could not store exist only here.
    DeletionPolicy: 'Retain' as const,
    UpdateReplacePolicy: 'Retain' as const,
    Properties: {
      Encrypted: true,
      PerformanceMode: 'generalPurpose',
      ThroughputMode: throughput,
      BackupPolicy: { Status: backup ? 'ENABLED' : 'DISABLED' },
      LifecyclePolicies: [
        { TransitionToIA: days === 1 ? 'AFTER_1_DAY' : `AFTER_${days}_DAYS` },
        // A job reads an input many times.
        { TransitionToPrimaryStorageClass: 'AFTER_1_ACCESS' },
      ],
      FileSystemTags: tags({ Name: name, env_base: envBase }),
      FileSystemPolicy: fileSystemPolicy(),
    },
  };
}

/**
 * Admits everybody, but only with encryption and through an access point. Jobs mount without IAM (`iam: DISABLED` in
 * src/batch/job.ts, as in the original), so the security group of the mount targets decides who is admitted.
 * ClientRootAccess: without it root, the user of the functions' access point, is mapped to nobody.
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

/** Returns the access points with the names and tags that src/efs looks for. */
function accessPoints(id: string, envBase: string, prefix: string, jobUserId?: number): Resources {
  const point = (name: string, properties: Readonly<Record<string, Value>>) => ({
    Type: 'AWS::EFS::AccessPoint',
    Properties: {
      FileSystemId: ref(id),
      AccessPointTags: tags({ Name: `${prefix}${name}`, env_base: envBase }),
      ...properties,
    },
  });
  // Root: the functions have to write and remove the files of the jobs' containers.
  const root = point('root', { PosixUser: { Uid: '0', Gid: '0' }, RootDirectory: { Path: '/' } });
  const roles = VOLUME_ROLES.map((role) => [
    accessPointOf(id, role),
    point(role, { ...asUser(jobUserId), RootDirectory: { Path: folderOf(role), ...folderFor(jobUserId) } }),
  ]);
  return { [`${id}RootAccessPoint`]: root, ...Object.fromEntries(roles) };
}

function asUser(id: number | undefined) {
  return { ...(id !== undefined && { PosixUser: { Uid: String(id), Gid: String(id) } }) };
}

/** Without a POSIX user a job writes as the user of its image, so the folder is open to all users. */
function folderFor(jobUserId: number | undefined) {
  const owner = String(jobUserId ?? 0);
  const permissions = jobUserId === undefined ? '1777' : '0755';
  return { CreationInfo: { OwnerUid: owner, OwnerGid: owner, Permissions: permissions } };
}

function madeAccessPoints(id: string, fileSystemName: string, prefix: string): StageAccessPoint[] {
  return VOLUME_ROLES.map((role) => ({
    role,
    accessPointId: `\${${accessPointOf(id, role)}}`,
    fileSystemId: `\${${id}}`,
    fileSystemName,
    name: `${prefix}${role}`,
    path: folderOf(role),
  }));
}

function broughtAccessPoints({
  id: fileSystemId,
  accessPoints: listed,
}: BroughtFileSystem): StageAccessPoint[] {
  return VOLUME_ROLES.flatMap((role) =>
    listed[role].map(({ id: accessPointId, name = role, path }) => ({
      role,
      accessPointId,
      fileSystemId,
      name,
      path,
    })),
  );
}

function accessPointOf(id: string, role: VolumeRole): string {
  return `${id}${pascal(role)}AccessPoint`;
}

function folderOf(role: VolumeRole): string {
  return `/${role}`;
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

/** Returns an ARN as Fn::Join: the framework accepts no Fn::Sub for an access point. */
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
