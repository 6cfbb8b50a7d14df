import { EFSClient } from '@aws-sdk/client-efs';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { fileVerified } from '../../src/adapters/files/file-verified';
import { jsonObjects } from '../../src/adapters/json-objects';
import { awsStores } from '../../src/adapters/stores';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { logged } from '../logging';
import { onMounts } from '../mounted';
import { dataSync, required, routing, rules } from '../settings';
import { volumesIn } from '../volumes';

const tempBucket = required('TEMP_BUCKET');
const s3Client = new S3Client(CLIENT_SETTINGS);
const run = onMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));

export const handler = logged((event: unknown, { awsRequestId }: Context) =>
  run(async (mounts, signal) => {
    const volumes = await volumesIn(mounts);
    const stores = awsStores(s3Client, volumes);
    const defaultPayloadPath = `s3://${tempBucket}/plans/${awsRequestId}`;
    return planDataSync(event, {
      stores,
      signal,
      verified: fileVerified({ mounts }),
      settings: { mounts: volumes, dataSync, routing, rules, defaultPayloadPath },
      ...jsonObjects(stores, signal),
    });
  }),
);
