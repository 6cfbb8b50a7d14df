/** The settings of AWS DataSync for a stage, from the environment of a function. */
import { withoutEmpty } from '../../wire/json';

/** The settings with which DataSync reaches a mounted file system. */
interface FileSystemSettings {
  /** The role with which DataSync mounts the file system. */
  readonly accessRoleArn: string;
  /** The subnet of DataSync's network interfaces. Its zone has a mount target. */
  readonly subnetArn: string;
  readonly securityGroupArns: readonly string[];
  /** The access point to mount. By default DataSync mounts the file system itself. */
  readonly accessPointArn?: string;
}

export interface DataSyncSettings {
  /** The prefix of all names, which separates the stages of one account. */
  readonly envBase: string;
  readonly region: string;
  readonly accountId: string;
  /** The role with which DataSync reads and writes buckets, also the bucket of the manifest. */
  readonly bucketAccessRoleArn: string;
  /** When absent, no end of a task can be on a file system. */
  readonly fileSystem?: FileSystemSettings;
  /** The CloudWatch log group with a line for each file of a task. By default DataSync logs nothing. */
  readonly logGroupArn?: string;
  /** DataSync is chosen automatically for at least this many bytes, or this many files. */
  readonly fromBytes: number;
  readonly fromFiles: number;
}

/** The reason why DataSync is not available, and the remedy, for a refusal. */
export interface NoDataSync {
  readonly because: string;
  readonly remedy: string;
}

/**
 * 5 TiB. Twenty Lambda functions run at once, and each copies about 100 MB/s. So they finish a smaller transfer within
 * the hour, and cost their seconds only. DataSync takes minutes to set up a task, and it costs about 1.25 cents a GB (64
 * USD at 5 TiB). But it has no limit of 900 seconds, and uses no concurrency of Lambda.
 */
const FROM_BYTES = 5 * 1024 ** 4;
/** 5 million. A function writes about 100 small files a second to EFS, so twenty functions take most of an hour. */
const FROM_FILES = 5_000_000;

export const NOT_CONFIGURED: NoDataSync = {
  because: 'AWS DataSync is not set up for this stage',
  remedy: 'Leave "engine" out or give "lambda"; or set dataSyncEnabled in config/<stage>.yml, and deploy',
};

/**
 * Reads the `DATASYNC_...` variables. `serverless.yml` describes them.
 *
 * @returns undefined unless `DATASYNC_ENABLED` is `true`
 * @throws Error with the name of a missing variable
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

/** Reads the variables of a file system. Without DATASYNC_SUBNET_ID, DataSync reaches no file system. */
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
    throw new Error(`DATASYNC_BUCKET_ACCESS_ROLE_ARN is not the ARN of a role: "${roleArn}"`);
  return account;
}

function required(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`DATASYNC_ENABLED is true, but the environment variable ${name} is not set`);
  return value;
}
