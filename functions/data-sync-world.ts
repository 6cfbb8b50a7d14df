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
import type { DataSyncWorld } from '../src/steps/data-sync';
import { lambdaCallTime } from './call-time';
import { inlineLimits, lazyMounts, routing, signal } from './settings';

const s3Client = new S3Client(CLIENT_SETTINGS);
const findMounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));

export async function dataSyncWorld(context: Context): Promise<DataSyncWorld> {
  const mounts = await findMounts();
  const stores = awsStores(s3Client, mounts);
  return {
    stores,
    signal,
    settings: { mounts, inlineLimits, routing },
    time: lambdaCallTime(context),
    report: () => undefined,
    leases: fileLeases({ mounts }),
    readers: fileReaders(mounts),
    verified: fileVerified({ mounts }),
    ...jsonObjects(stores, signal),
  };
}
