import { EFSClient } from '@aws-sdk/client-efs';
import { S3Client } from '@aws-sdk/client-s3';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { pathListing } from '../../src/adapters/path-listing';
import { listDataPaths } from '../../src/steps/list-data-paths';
import { logged } from '../logging';
import { lazyMounts, rules, signal } from '../settings';

const s3Client = new S3Client(CLIENT_SETTINGS);
const findMounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));

export const handler = logged(async (event: unknown) =>
  listDataPaths(event, { paths: pathListing(s3Client, await findMounts()), signal, settings: { rules } }),
);
