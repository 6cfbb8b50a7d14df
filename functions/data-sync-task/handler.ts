import { DataSyncClient } from '@aws-sdk/client-datasync';
import { EFSClient } from '@aws-sdk/client-efs';
import { S3Client } from '@aws-sdk/client-s3';
import { AwsDataSync } from '../../src/adapters/aws/aws-data-sync';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { writeTextObject } from '../../src/adapters/s3/text-object';
import { awsStores } from '../../src/adapters/stores';
import { dataSyncTask } from '../../src/steps/data-sync-task';
import { logged } from '../logging';
import { dataSync, lazyMounts, required, rules, signal } from '../settings';
import { volumesIn } from '../volumes';

const manifestFolder = `s3://${required('TEMP_BUCKET')}/manifests`;
const s3Client = new S3Client(CLIENT_SETTINGS);
const findMounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));
const client = new DataSyncClient(CLIENT_SETTINGS);

export const handler = logged(async (event: unknown) => {
  const mounts = await volumesIn(await findMounts());
  return dataSyncTask(event, {
    stores: awsStores(s3Client, mounts),
    signal,
    settings: { mounts, dataSync, manifestFolder, rules },
    openTasks: (settings) => new AwsDataSync(client, settings),
    writeText: (location, content) => writeTextObject(s3Client, location, content, { signal }),
  });
});
