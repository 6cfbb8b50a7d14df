import { S3Client } from '@aws-sdk/client-s3';
import { FileStore } from '../../src/adapters/files/file-store';
import { isPositioned, isRanged } from '../../src/adapters/ranged';
import { S3Store } from '../../src/adapters/s3/s3-store';
import { MemoryStore } from '../transfer/memory/store';

test.each([
  ['buckets', () => new S3Store(new S3Client({ region: 'us-west-2' })), { ranged: true, positioned: false }],
  ['files', () => new FileStore({ root: '/' }), { ranged: false, positioned: true }],
  ['objects that are read whole', () => new MemoryStore(), { ranged: false, positioned: false }],
])('a store of %s tells the way to read at any position', (_, open, ways) => {
  const store = open();
  expect({ ranged: isRanged(store), positioned: isPositioned(store) }).toEqual(ways);
});
