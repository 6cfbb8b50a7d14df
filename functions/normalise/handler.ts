import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { jsonObjects } from '../../src/adapters/json-objects';
import { verdictOn } from '../../src/adapters/s3/failures';
import { awsStores } from '../../src/adapters/stores';
import { normaliseForState } from '../../src/steps/normalise';
import { accessPoints } from '../access-points';
import { logged } from '../logging';
import { documentsIn, layoutSettings, signal } from '../settings';

const stores = awsStores(new S3Client(CLIENT_SETTINGS), []);

const documents = documentsIn(jsonObjects(stores, signal));

export const handler = logged((event: unknown) =>
  normaliseForState(event, {
    stores,
    signal,
    verdictOn,
    documents,
    settings: { ...layoutSettings, accessPoints },
  }),
);
