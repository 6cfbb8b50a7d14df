/** What AWS DataSync needs to know of this stage, from the environment of a function. */
import { withoutEmpty } from '../../wire/json';

/** How DataSync reaches a mounted file system. */
interface FileSystemSettings {
  /** Role that DataSync mounts the file system with. */
  readonly accessRoleArn: string;
  /** Where its network interfaces are made: a subnet in a zone that has a mount target. */
  readonly subnetArn: string;
  readonly securityGroupArns: readonly string[];
  /** The access point that is mounted; the file system itself where there is none. */
  readonly accessPointArn?: string;
}

export interface DataSyncSettings {
  /** Prefix of whatever is made: two stages in one account never see each other's. */
  readonly envBase: string;
  readonly region: string;
  readonly accountId: string;
  /** Role that DataSync reads and writes buckets with, the manifest's among them. */
  readonly bucketAccessRoleArn: string;
  /** Absent: nothing on a file system can be an end of a task. */
  readonly fileSystem?: FileSystemSettings;
  /** A CloudWatch log group for each file of a task; nothing is logged without one. */
  readonly logGroupArn?: string;
  /** From so many bytes, or so many files on, DataSync is chosen by itself. */
  readonly fromBytes: number;
  readonly fromFiles: number;
}

/** Why there is no DataSync, in the two halves of a refusal. */
export interface NoDataSync {
  readonly because: string;
  readonly remedy: string;
}

/**
 * 5 TiB. Our functions move some 100 MB/s each, twenty at a time: below this they are through within the hour, for
 * the price of their seconds. DataSync takes minutes to set a task up and some 1.25 cents a GB (64 USD at 5 TiB), but
 * neither a quota of Lambda's concurrency nor 900 seconds stand in its way.
 */
const FROM_BYTES = 5 * 1024 ** 4;
/** 5 million: a function writes some 100 small files a second to EFS, so twenty of them take the better part of an hour. */
const FROM_FILES = 5_000_000;

export const NOT_CONFIGURED: NoDataSync = {
  because: 'AWS DataSync is not set up for this stage',
  remedy: 'Leave "engine" out or give "lambda"; or set dataSyncEnabled in config/<stage>.yml, and deploy',
};

/**
 * The `DATASYNC_...` variables; `serverless.yml` says what each is.
 *
 * @returns undefined unless `DATASYNC_ENABLED` is `true`
 * @throws Error naming a variable that is missing then
 */
export function readDataSyncSettings(
  environment: Readonly<Record<string, string | undefined>>,
): DataSyncSettings | undefined {
  if (environment.DATASYNC_ENABLED !== 'true') return undefined;
  const bucketAccessRoleArn = required(environment, 'DATASYNC_BUCKET_ACCESS_ROLE_ARN');
  const account = { region: required(environment, 'AWS_REGION'), accountId: accountOf(bucketAccessRoleArn) };
  const fileSystem = readFileSystem(environment, account);
  const { DATASYNC_LOG_GROUP_ARN: logGroupArn } = environment;
  return {
    envBase: required(environment, 'ENV_BASE'),
    ...account,
    bucketAccessRoleArn,
    ...withoutEmpty({ fileSystem }),
    ...(logGroupArn && { logGroupArn }),
    fromBytes: Number(environment.DATASYNC_FROM_BYTES || FROM_BYTES),
    fromFiles: Number(environment.DATASYNC_FROM_FILES || FROM_FILES),
  };
}

/** The four that belong together, or none of them. */
function readFileSystem(
  environment: Readonly<Record<string, string | undefined>>,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): FileSystemSettings | undefined {
  if (!environment.DATASYNC_SUBNET_ID) return undefined;
  const arnOf = (kind: string, id: string) => `arn:aws:ec2:${region}:${accountId}:${kind}/${id}`;
  const accessPointArn = environment.DATASYNC_ACCESS_POINT_ARN;
  const groups = required(environment, 'DATASYNC_SECURITY_GROUP_IDS').split(',');
  return {
    accessRoleArn: required(environment, 'DATASYNC_FILE_SYSTEM_ACCESS_ROLE_ARN'),
    subnetArn: arnOf('subnet', environment.DATASYNC_SUBNET_ID),
    securityGroupArns: groups.map((id) => arnOf('security-group', id.trim())),
    ...(accessPointArn && { accessPointArn }),
  };
}

function accountOf(roleArn: string): string {
  const [, account] = /^arn:aws:iam::(\d{12}):role\//.exec(roleArn) ?? [];
  if (account === undefined)
    throw new Error(`DATASYNC_BUCKET_ACCESS_ROLE_ARN is no ARN of a role: "${roleArn}"`);
  return account;
}

function required(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`DATASYNC_ENABLED is true, but the environment variable ${name} is not set`);
  return value;
}
