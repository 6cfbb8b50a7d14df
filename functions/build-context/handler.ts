import { randomUUID } from 'node:crypto';
import { EFSClient } from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { fileKept } from '../../src/adapters/files/file-kept';
import { workingDirectories, workingFiles } from '../../src/adapters/files/working-files';
import { buildContextForState } from '../../src/steps/build-context';
import { accessPoints } from '../access-points';
import { logged } from '../logging';
import { s3Documents } from '../s3-documents';
import { documentsIn, environmentFileMode, layoutSettings, lazyMounts, routing } from '../settings';

const findMounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));

const documents = documentsIn(s3Documents);

export const handler = logged(async (event: unknown) => {
  const mounts = await findMounts();
  return buildContextForState(event, {
    files: workingFiles(environmentFileMode),
    documents,
    uniqueId: randomUUID,
    takingOver: { kept: fileKept(mounts), directories: workingDirectories },
    settings: { ...layoutSettings, accessPoints, mounts, routing },
  });
});
