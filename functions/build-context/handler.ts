import { EFSClient } from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { workingFiles } from '../../src/adapters/files/working-files';
import { buildContext } from '../../src/steps/build-context';
import { logged } from '../logging';
import { environmentFileMode, lazyMounts, surroundings } from '../settings';

const mounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));

export const handler = logged(async (event: unknown) =>
  buildContext(event, { ...surroundings, mounts: await mounts(), files: workingFiles(environmentFileMode) }),
);
