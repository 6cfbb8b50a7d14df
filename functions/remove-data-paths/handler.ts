import { EFSClient } from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../src/adapters/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/client-settings';
import { FileTrees } from '../../src/adapters/file-trees';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { lazyMounts, signal } from '../settings';

const mounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));
const trees = new FileTrees();

export const handler = async (event: unknown) =>
  removeDataPaths(event, { trees, mounts: await mounts(), signal });
