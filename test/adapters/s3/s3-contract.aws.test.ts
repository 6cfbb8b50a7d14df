import { S3Store } from '../../../src/adapters/s3/s3-store';
import { s3Location } from '../../../src/transfer/schemes/s3';
import { S3_SERVERS } from '../../api/endpoint';
import { describeStore } from '../../transfer/store-contract';
import { clientOf, useBucket } from './s3-world';

let round = 0;

describe.each(S3_SERVERS)('$name', (server) => {
  const bucket = useBucket(server);
  describeStore(`the S3 of ${server.name}`, async () => ({
    store: new S3Store(clientOf(server.endpoint())),
    base: s3Location(bucket.name, `contract/${round++}`),
  }));
});
