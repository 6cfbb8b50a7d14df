import { EFSClient } from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CachedFileSystems } from '../../src/adapters/aws/cached-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { logged } from '../logging';
import { surroundings } from '../settings';

const fileSystems = new CachedFileSystems(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)), () =>
  performance.now(),
);

export const handler = logged((event: unknown) => resolveEfs(event, { ...surroundings, fileSystems }));
