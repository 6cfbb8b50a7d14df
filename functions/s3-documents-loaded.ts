/** What {@link s3Documents} loads: half of a bundle, were it in it. */
import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from '../src/adapters/aws/client-settings';
import { jsonObjects } from '../src/adapters/json-objects';
import { awsStores } from '../src/adapters/stores';
import { signal } from './settings';

const stores = awsStores({ s3Client: new S3Client(CLIENT_SETTINGS), mounts: [] });

export const { readJson, writeJson } = jsonObjects(stores, signal);
