import { EFSClient } from '@aws-sdk/client-efs';
import { S3Client } from '@aws-sdk/client-s3';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CachedFileSystems } from '../../src/adapters/aws/cached-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { awsStores } from '../../src/adapters/stores';
import { resolveEfsForState } from '../../src/steps/resolve-efs';
import { logged } from '../logging';
import { documentsIn, served, surroundings } from '../settings';

const fileSystems = new CachedFileSystems(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)), () =>
  performance.now(),
);

const documents = documentsIn(awsStores({ s3Client: new S3Client(CLIENT_SETTINGS), mounts: [] }));

export const handler = logged((event: unknown) =>
  resolveEfsForState(event, { ...surroundings, fileSystems, documents, served }),
);
