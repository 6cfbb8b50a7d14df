import { CreateBucketCommand, CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { AwsUploads } from '../../../src/adapters/aws/aws-uploads';
import { S3_SERVERS } from '../../api/endpoint';

describe.each(S3_SERVERS)('$name', ({ name, endpoint }) => {
  const Bucket = `uploads-of-the-sweeper-${name}`;
  let client: S3Client;
  beforeAll(async () => {
    client = new S3Client({ region: 'us-east-1', endpoint: endpoint(), forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket }));
  });

  test('unfinished uploads are listed with their times, and an aborted one is gone', async () => {
    const uploads = new AwsUploads(client);
    expect((await uploads.list(Bucket)).uploads).toEqual([]);
    for (const Key of ['a/one', 'b']) await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const { uploads: found } = await uploads.list(Bucket);
    expect(found.map(({ key, bucket }) => [key, bucket]).sort()).toEqual([
      ['a/one', Bucket],
      ['b', Bucket],
    ]);
    for (const upload of found) {
      expect(upload.begunAt).toBeGreaterThan(0);
      expect(upload.begunAt).toBeLessThan(Date.now() + 60_000);
      expect(upload.id).not.toBe('');
    }
    const [first, second] = found;
    if (first === undefined || second === undefined) throw new Error('two uploads were begun');
    await uploads.abort(first);
    await uploads.abort(first);
    expect((await uploads.list(Bucket)).uploads.map(({ id }) => id)).toEqual([second.id]);
    await uploads.abort(second);
  });

  test('a bucket that nobody has made yet has no uploads', async () => {
    expect(await new AwsUploads(client).list(`${Bucket}-absent`)).toEqual({ uploads: [] });
  });
});
