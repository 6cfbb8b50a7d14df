import { S3Client } from '@aws-sdk/client-s3';
import { writeTextObject } from '../../../src/adapters/s3/text-object';
import { s3Location } from '../../../src/transfer/schemes/s3';
import { endpoint } from '../../api/endpoint';
import { useBucket } from './s3-world';

const bucket = useBucket();
const signal = new AbortController().signal;
const client = () => new S3Client({ region: 'us-east-1', endpoint: endpoint(), forcePathStyle: true });
// The smallest size of a part in S3, except for the last part.
const MIB5 = 5 * 1024 ** 2;

async function* lines(...texts: string[]) {
  yield* texts;
}

test.each([
  ['an empty text', []],
  ['less than a part', ['a\n', 'é\n']],
  ['exactly a part', ['x'.repeat(MIB5)]],
  ['exactly two parts', ['x'.repeat(MIB5), 'y'.repeat(MIB5)]],
  ['more than two parts', ['x'.repeat(MIB5), 'y'.repeat(MIB5), 'z\n', 'é\n']],
])('%s is one object', async (_, texts) => {
  await writeTextObject(client(), s3Location(bucket.name, 'a.csv'), lines(...texts), {
    signal,
    partBytes: MIB5,
  });
  const stored = await bucket.get('a.csv');
  expect(stored?.equals(Buffer.from(texts.join('')))).toBe(true);
});

test.each([[[]], [['x'.repeat(MIB5), 'y'.repeat(MIB5), 'z']]])(
  'a text that fails leaves nothing behind',
  async (texts) => {
    async function* broken() {
      yield* texts;
      throw new Error('broken off');
    }
    const written = writeTextObject(client(), s3Location(bucket.name, 'b.csv'), broken(), {
      signal,
      partBytes: MIB5,
    });
    await expect(written).rejects.toThrow('broken off');
    expect(await bucket.get('b.csv')).toBeUndefined();
    expect(await bucket.pendingUploads()).toBe(0);
  },
);
