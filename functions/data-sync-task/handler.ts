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
import { onMounts } from '../mounted';
import { dataSync, required, rules } from '../settings';
import { volumesIn } from '../volumes';

const manifestFolder = `s3://${required('TEMP_BUCKET')}/manifests`;
const s3Client = new S3Client(CLIENT_SETTINGS);
const run = onMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));
const client = new DataSyncClient(CLIENT_SETTINGS);

export const handler = logged((event: unknown) =>
  run(async (found, signal) => {
    const mounts = await volumesIn(found);
    return dataSyncTask(event, {
      stores: awsStores(s3Client, mounts),
      signal,
      settings: { mounts, dataSync, manifestFolder, rules },
      openTasks: (settings) => new AwsDataSync(client, settings),
      writeText: (location, content) => writeTextObject(s3Client, location, content, { signal }),
    });
  }),
);
