import { EFSClient } from '@aws-sdk/client-efs';
import { S3Client } from '@aws-sdk/client-s3';
import { AwsFileSystems } from '../../src/adapters/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/client-settings';
import { jsonObjects } from '../../src/adapters/json-objects';
import { awsStores } from '../../src/adapters/stores';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { lazyMounts, signal } from '../settings';

const s3Client = new S3Client(CLIENT_SETTINGS);
const findMounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));

export const handler = async (event: unknown) => {
  const mounts = await findMounts();
  const stores = awsStores({ s3Client, mounts });
  return planDataSync(event, { stores, mounts, signal, ...jsonObjects(stores, signal) });
};
