/** The common part of the functions that move data: clients made once, and a world for each call. */
import { EFSClient } from '@aws-sdk/client-efs';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { AwsFileSystems } from '../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../src/adapters/aws/client-settings';
import { fileLeases } from '../src/adapters/files/file-leases';
import { fileReaders } from '../src/adapters/files/file-readers';
import { fileVerified } from '../src/adapters/files/file-verified';
import { jsonObjects } from '../src/adapters/json-objects';
import { awsStores } from '../src/adapters/stores';
import type { DataSyncWorld } from '../src/steps/transfer-results';
import type { MountPoint } from '../src/transfer/mounts';
import { lambdaCallTime } from './call-time';
import { onMounts } from './mounted';
import { inlineLimits, routing, rules } from './settings';
import { volumesIn } from './volumes';

const s3Client = new S3Client(CLIENT_SETTINGS);
const run = onMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));

/** Runs a step that moves data. @throws FileSystemStalled and the errors of the step */
export function inDataSyncWorld<Result>(
  context: Context,
  step: (world: DataSyncWorld) => Promise<Result>,
): Promise<Result> {
  return run(async (mounts, signal) => step(dataSyncWorld(mounts, await volumesIn(mounts), context, signal)));
}

function dataSyncWorld(
  mounts: readonly MountPoint[],
  volumes: readonly MountPoint[],
  context: Context,
  signal: AbortSignal,
): DataSyncWorld {
  const stores = awsStores(s3Client, volumes);
  return {
    stores,
    signal,
    settings: { mounts: volumes, inlineLimits, routing, rules },
    time: lambdaCallTime(context),
    report: () => undefined,
    leases: fileLeases({ mounts }),
    readers: fileReaders(mounts),
    verified: fileVerified({ mounts }),
    ...jsonObjects(stores, signal),
  };
}
