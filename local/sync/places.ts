/** Opens the locations of `demand sync`: S3 of the caller's account, mounted file systems, folders. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { EFSClient } from '@aws-sdk/client-efs';
import { S3Client } from '@aws-sdk/client-s3';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { fileVerified } from '../../src/adapters/files/file-verified';
import { awsStores } from '../../src/adapters/stores';
import { readMountSettings, resolveMounts } from '../../src/efs/mount-settings';
import type { VerifiedRecords } from '../../src/transfer/copy/verified-record';
import { isUri } from '../../src/transfer/location';
import type { TransferWorld } from '../../src/transfer/transfer';

/** Returns a URI unchanged. Any other text is a path, relative to the working directory. */
export function readPlace(text: string): string {
  if (isUri(text)) return text;
  return text.endsWith('/') ? `${resolve(text)}/` : resolve(text);
}

/** @param environment names the mounts; the AWS clients read endpoint, profile and region by themselves */
export async function openPlaces(
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<TransferWorld & { readonly verified: VerifiedRecords }> {
  const settings = readMountSettings(environment);
  const mounts =
    settings.length === 0 ? [] : await resolveMounts(settings, new AwsFileSystems(new EFSClient()));
  // An S3 server of the user's own rarely has a host name for each bucket.
  const s3Client = new S3Client({ forcePathStyle: environment.AWS_ENDPOINT_URL !== undefined });
  const verified = fileVerified({ mounts, cacheFolder: cacheFolderOf(environment) });
  return { stores: awsStores(s3Client, mounts, ['/']), signal, verified, settings: { mounts } };
}

/** "All paths ... must be absolute", others are ignored. https://specifications.freedesktop.org/basedir-spec/latest/ */
function cacheFolderOf({ XDG_CACHE_HOME: cache = '' }: Readonly<Record<string, string | undefined>>): string {
  return join(isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'demand', 'verified');
}
