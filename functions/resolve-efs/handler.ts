import { EFSClient } from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CachedFileSystems } from '../../src/adapters/aws/cached-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { systemClock } from '../../src/adapters/system-clock';
import { resolveEfsForState } from '../../src/steps/resolve-efs';
import { accessPoints } from '../access-points';
import { logged } from '../logging';
import { s3Documents } from '../s3-documents';
import { documentsIn, layoutSettings, routing } from '../settings';

const fileSystems = new CachedFileSystems(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)), systemClock);

const documents = documentsIn(s3Documents);

export const handler = logged((event: unknown) =>
  resolveEfsForState(event, {
    fileSystems,
    documents,
    settings: { ...layoutSettings, accessPoints, routing },
  }),
);
