/** The part of `s3-documents.ts` that is loaded on demand: inside a bundle it would be half of it. */
import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from '../src/adapters/aws/client-settings';
import { jsonObjects } from '../src/adapters/json-objects';
import { awsStores } from '../src/adapters/stores';
import { signal } from './settings';

const stores = awsStores(new S3Client(CLIENT_SETTINGS), []);

export const { readJson, writeJson } = jsonObjects(stores, signal);
