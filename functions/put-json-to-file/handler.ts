import { EFSClient } from '@aws-sdk/client-efs';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { awsStores } from '../../src/adapters/stores';
import { putJsonToFile } from '../../src/steps/put-json-to-file';
import { logged } from '../logging';
import { lazyMounts, rules, scratchBucket, signal } from '../settings';
import { volumesIn } from '../volumes';

const s3Client = new S3Client(CLIENT_SETTINGS);
const findMounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));

export const handler = logged(async (event: unknown, { awsRequestId: requestId }: Context) => {
  const stores = awsStores(s3Client, await volumesIn(await findMounts()));
  return putJsonToFile(event, { stores, signal, requestId, settings: { rules, scratchBucket } });
});
