import { S3Client } from '@aws-sdk/client-s3';
import { awsStores } from '../../src/adapters/stores';
import { normalise } from '../../src/steps/normalise';
import { signal, surroundings } from '../settings';

const stores = awsStores({ s3Client: new S3Client(), mounts: [] });

export const handler = (event: unknown) => normalise(event, { ...surroundings, stores, signal });
