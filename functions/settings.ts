/** What every function reads from its environment: once, when it is loaded. */

import type { Documents } from '../src/context/references';
import type { FileSystemDirectory } from '../src/efs/model';
import { readFunctionRouting, readMountSettings, resolveMounts } from '../src/efs/mount-settings';
import { readDataSyncSettings } from '../src/transfer/datasync/settings';
import type { MountPoint } from '../src/transfer/mounts';

/** Never aborted: Lambda stops a function by ending it, and what is resumable watches its time. */
export const signal = new AbortController().signal;

export const surroundings = {
  envBase: required('ENV_BASE'),
  region: required('AWS_REGION'),
  allowFileRemotes: false,
  ...(process.env.CONTAINER_PATH_ROOT && { containerRoot: process.env.CONTAINER_PATH_ROOT }),
};

/** Transfers above these go to the data-sync state machine; a call moves some 100 MB and 100 files a second. */
export const inlineLimits = {
  maxBytes: Number(process.env.INLINE_SYNC_MAX_BYTES ?? 20 * 1024 ** 3),
  maxFiles: Number(process.env.INLINE_SYNC_MAX_FILES ?? 20_000),
};

/** Octal; `ENVIRONMENT_FILE_MODE=0640` keeps the values of parameters from users outside of the group. */
export const environmentFileMode = Number.parseInt(process.env.ENVIRONMENT_FILE_MODE ?? '0644', 8);

/**
 * Of one job definition's name; the name covers type, image and command, so its revisions differ by user,
 * resources and volumes only. Far above what is in use at one time: a job that is still to be submitted
 * needs its revision active.
 */
export const revisionsKept = Number(process.env.JOB_DEFINITION_REVISIONS_KEPT ?? 50);

/** Undefined: AWS DataSync is not set up, and never chosen. */
export const dataSync = readDataSyncSettings(process.env);

/** For documents that come without a path. */
export const scratchBucket = process.env.DEFAULT_BUCKET_NAME;

/** The file systems of all functions of this kind, and the index of this function. */
export const routing = readFunctionRouting(process.env);

/** The mounts of this function. They cannot change while it is warm, so they are looked up once. */
export function lazyMounts(directory: FileSystemDirectory): () => Promise<readonly MountPoint[]> {
  let resolved: Promise<readonly MountPoint[]> | undefined;
  return () => {
    resolved ??= resolveMounts(readMountSettings(process.env), directory).catch((error: unknown) => {
      resolved = undefined;
      throw error;
    });
    return resolved;
  };
}

/** What is too large for the state of an execution is kept here. */
export function documentsIn(objects: Omit<Documents, 'folder'>): Documents {
  return { folder: `s3://${required('TEMP_BUCKET')}/executions`, ...objects };
}

/** @throws when it is not set, and so when the function is loaded */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set`);
  return value;
}
