import { EFSClient } from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../src/adapters/aws-file-systems';
import { workingFiles } from '../../src/adapters/working-files';
import { buildContext } from '../../src/steps/build-context';
import { lazyMounts, surroundings } from '../settings';

const mounts = lazyMounts(new AwsFileSystems(new EFSClient()));

export const handler = async (event: unknown) =>
  buildContext(event, { ...surroundings, mounts: await mounts(), files: workingFiles });
