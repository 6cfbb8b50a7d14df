import { EFSClient } from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CachedFileSystems } from '../../src/adapters/aws/cached-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { workingFiles } from '../../src/adapters/files/working-files';
import { systemClock } from '../../src/adapters/system-clock';
import { scaffolding } from '../../src/steps/scaffolding';
import { accessPoints } from '../access-points';
import { logged } from '../logging';
import { environmentFileMode, layoutSettings, lazyMounts } from '../settings';

const fileSystems = new CachedFileSystems(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)), systemClock);
const findMounts = lazyMounts(fileSystems);

export const handler = logged((event: unknown) =>
  scaffolding(event, {
    fileSystems,
    findMounts,
    files: workingFiles(environmentFileMode),
    settings: { ...layoutSettings, accessPoints },
  }),
);
