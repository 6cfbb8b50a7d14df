import { EFSClient } from '@aws-sdk/client-efs';
import { S3Client } from '@aws-sdk/client-s3';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { workingFiles } from '../../src/adapters/files/working-files';
import { awsStores } from '../../src/adapters/stores';
import { buildContextForState } from '../../src/steps/build-context';
import { logged } from '../logging';
import { documentsIn, environmentFileMode, lazyMounts, served, surroundings } from '../settings';

const mounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));

const documents = documentsIn(awsStores({ s3Client: new S3Client(CLIENT_SETTINGS), mounts: [] }));

export const handler = logged(async (event: unknown) =>
  buildContextForState(event, {
    ...surroundings,
    mounts: await mounts(),
    files: workingFiles(environmentFileMode),
    documents,
    served,
  }),
);
