/** Settings that the functions read from their environment, once, when a bundle is loaded. */
import { proveMounts } from '../src/adapters/files/mount-proofs';
import type { Documents } from '../src/context/references';
import type { FileSystemDirectory } from '../src/efs/model';
import { readFunctionRouting, readMountSettings, resolveMounts } from '../src/efs/mount-settings';
import { readRules } from '../src/rules/model';
import { readDataSyncSettings } from '../src/transfer/datasync/settings';
import type { MountPoint } from '../src/transfer/mounts';

/** Never aborted: Lambda ends a function without a signal, and resumable steps watch their remaining time. */
export const signal = new AbortController().signal;

export const layoutSettings = {
  envBase: required('ENV_BASE'),
  region: required('AWS_REGION'),
  allowFileRemotes: false,
  rules: readRules(required('DEMAND_RULES')),
  ...(process.env.CONTAINER_PATH_ROOT && { containerRoot: process.env.CONTAINER_PATH_ROOT }),
  // ARNs with a comma between them. No ARN of a secret contains a comma.
  allowedSecrets: listOf('ALLOWED_SECRETS'),
};

/** The role that reads the secrets of jobs. Undefined in a stage that allows no secret. */
export const executionRoleArn = process.env.EXECUTION_ROLE_ARN || undefined;
/** The rules of the stage: what its demands may ask for. */
export const { rules } = layoutSettings;

/** Transfers above these limits go to the data-sync state machine. A call moves some 100 MB or 100 files a second. */
export const inlineLimits = {
  maxBytes: Number(process.env.INLINE_SYNC_MAX_BYTES ?? 20 * 1024 ** 3),
  maxFiles: Number(process.env.INLINE_SYNC_MAX_FILES ?? 20_000),
};

/** Octal. `ENVIRONMENT_FILE_MODE=0640` hides the values of parameters from users outside of the group. */
export const environmentFileMode = Number.parseInt(process.env.ENVIRONMENT_FILE_MODE ?? '0644', 8);

/**
 * Active revisions of one job definition's name. The name covers type, image and command, so revisions differ only by
 * user, resources, volumes and secrets. The number is far above the revisions in use at one time: a job that is not submitted
 * yet needs its revision active.
 */
export const revisionsKept = Number(process.env.JOB_DEFINITION_REVISIONS_KEPT ?? 50);

/** Undefined when AWS DataSync is not set up. Then no transfer uses it. */
export const dataSync = readDataSyncSettings(process.env);

/** Bucket of documents that come without a path. */
export const scratchBucket = process.env.DEFAULT_BUCKET_NAME;

/** The file systems of all functions of this kind, and the index of this function. */
export const routing = readFunctionRouting(process.env);

/** The state machines whose running executions hold files. */
export const stateMachineArns = listOf('STATE_MACHINE_ARNS');

/** Returns the items of a variable with commas between them; none when it is not set. */
export function listOf(name: string): readonly string[] {
  return (process.env[name] ?? '').split(',').filter((item) => item !== '');
}

/**
 * Returns the mounts of this function. The first call looks them up and proves them: they cannot change while the
 * function is warm.
 */
export function lazyMounts(directory: FileSystemDirectory): () => Promise<readonly MountPoint[]> {
  let resolved: Promise<readonly MountPoint[]> | undefined;
  return () => {
    resolved ??= findMounts(directory).catch((error: unknown) => {
      resolved = undefined;
      throw error;
    });
    return resolved;
  };
}

async function findMounts(directory: FileSystemDirectory): Promise<readonly MountPoint[]> {
  const mounts = await resolveMounts(readMountSettings(process.env), directory);
  await proveMounts(mounts);
  return mounts;
}

/** Returns the place of documents that are too large for the state of an execution. */
export function documentsIn(objects: Omit<Documents, 'folder'>): Documents {
  return { folder: `s3://${required('TEMP_BUCKET')}/executions`, ...objects };
}

/** @throws Error when the variable is not set; as a function calls this while it loads, its first event fails */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set`);
  return value;
}
