import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { awsStores } from '../../src/adapters/stores';
import { normalise } from '../../src/steps/normalise';
import { logged } from '../logging';
import { signal, surroundings } from '../settings';

const stores = awsStores({ s3Client: new S3Client(CLIENT_SETTINGS), mounts: [] });

export const handler = logged((event: unknown) => normalise(event, { ...surroundings, stores, signal }));
