import { EFSClient } from '@aws-sdk/client-efs';
import { S3Client } from '@aws-sdk/client-s3';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { awsStores } from '../../src/adapters/stores';
import { getJsonFromFile } from '../../src/steps/get-json-from-file';
import { logged } from '../logging';
import { lazyMounts, rules, signal } from '../settings';
import { volumesIn } from '../volumes';

const s3Client = new S3Client(CLIENT_SETTINGS);
const findMounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));

export const handler = logged(async (event: unknown) =>
  getJsonFromFile(event, {
    stores: awsStores(s3Client, await volumesIn(await findMounts())),
    signal,
    settings: { rules },
  }),
);
