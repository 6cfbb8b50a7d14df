import { EFSClient } from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../src/adapters/aws-file-systems';
import { CachedFileSystems } from '../../src/adapters/cached-file-systems';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { surroundings } from '../settings';

const fileSystems = new CachedFileSystems(new AwsFileSystems(new EFSClient()), () => performance.now());

export const handler = (event: unknown) => resolveEfs(event, { ...surroundings, fileSystems });
