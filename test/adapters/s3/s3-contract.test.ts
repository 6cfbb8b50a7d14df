import { S3Store } from '../../../src/adapters/s3/s3-store';
import { endpoint } from '../../api/endpoint';
import { describeStore } from '../../transfer/store-contract';
import { clientOf, useBucket } from './s3-world';

const bucket = useBucket();
let round = 0;

describeStore('S3', async () => ({
  store: new S3Store(clientOf(endpoint())),
  base: { kind: 's3', bucket: bucket.name, key: `contract/${round++}` },
}));
