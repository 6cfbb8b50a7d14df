import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { ByteBudget } from '../../../src/adapters/byte-budget';
import { Gate } from '../../../src/adapters/s3/gate';
import { formatChecksum, S3Requests } from '../../../src/adapters/s3/requests';
import { PART_BYTES, putWhole, uploadFile, uploadStream } from '../../../src/adapters/s3/s3-upload';
import { TransferMismatch } from '../../../src/errors';
import { type Reply, type Sent, scripted } from './scripted-s3';

const { signal } = new AbortController();
const contentOf = (size: number) => Buffer.alloc(size, 'some bytes of an odd count ');

const targetOf = (client: S3Client) => ({
  client,
  requests: new S3Requests(client),
  memory: new ByteBudget(64 * 1024 ** 2),
  object: { Bucket: 'bucket', Key: 'key' },
  patience: { gate: new Gate(8), signal, backoffMs: 1 },
});

/** An S3 that keeps the bodies of PUTs by their part numbers; 0 is a whole object. */
function accepting(answer: (sent: Sent) => Reply | undefined = () => undefined, config: S3ClientConfig = {}) {
  const bodies: Buffer[] = [];
  const { client, sent } = scripted(async (request) => {
    const { method, query, body } = request;
    const given = answer(request);
    if (given !== undefined) return given;
    if ('uploads' in query) return { body: '<R><UploadId>u-1</UploadId></R>' };
    if (method !== 'PUT') return { body: '<CompleteMultipartUploadResult/>' };
    bodies[Number(query.partNumber ?? 0)] = Buffer.isBuffer(body)
      ? Buffer.from(body)
      : await buffer(body as never);
    return { headers: { etag: `"part-${query.partNumber}"` } };
  }, config);
  return { bodies, sent, target: targetOf(client) };
}

/** A file of repeated bytes that may change. */
function fileOf(content: Buffer, verify: () => void = () => undefined) {
  return {
    read: async (into: Buffer, position: number) => void content.copy(into, 0, position),
    verify: async () => verify(),
    close: async () => undefined,
  };
}
const fail = () => {
  throw new TransferMismatch('changed');
};
const summaryOf = (sent: readonly Sent[]) =>
  sent.map(({ method, query }) => [
    method,
    query.partNumber ?? Object.keys(query).filter((key) => key !== 'x-id')[0],
  ]);

test('bytes in memory go in one request with their checksum', async () => {
  const { bodies, sent, target } = accepting();
  await putWhole(contentOf(100), target);
  expect(bodies[0]).toEqual(contentOf(100));
  expect(sent[0]?.headers['x-amz-checksum-crc32']).toBe(formatChecksum(crc32(contentOf(100))));
});

test('a client without checksums sends none', async () => {
  const { sent, target } = accepting(undefined, { requestChecksumCalculation: 'WHEN_REQUIRED' });
  await putWhole(contentOf(100), target);
  expect(sent[0]?.headers).not.toHaveProperty('x-amz-checksum-crc32');
});

describe('a stream', () => {
  const upload = (size: number, actual = size, s3 = accepting()) =>
    uploadStream(Readable.from([contentOf(actual)]), size, s3.target).then(() => s3);

  test('of 8 MiB goes in one request', async () => {
    const { sent, bodies } = await upload(PART_BYTES);
    expect(summaryOf(sent)).toEqual([['PUT', undefined]]);
    expect(bodies[0]?.equals(contentOf(PART_BYTES))).toBe(true);
  });

  test('of more bytes goes in parts', async () => {
    const size = 2 * PART_BYTES + 1;
    const { sent, bodies } = await upload(size);
    expect(summaryOf(sent).toSorted()).toEqual([
      ['POST', 'uploadId'],
      ['POST', 'uploads'],
      ['PUT', '1'],
      ['PUT', '2'],
      ['PUT', '3'],
    ]);
    expect(Buffer.concat(bodies.slice(1)).equals(contentOf(size))).toBe(true);
  });

  test.each([
    ['fewer', 100, 99],
    ['more', 100, 101],
    ['fewer, in parts', 2 * PART_BYTES, 2 * PART_BYTES - 1],
    ['more, in parts', 2 * PART_BYTES, 2 * PART_BYTES + 1],
  ])('with another number of bytes is refused: %s', async (_, size, actual) => {
    const s3 = accepting();
    await expect(upload(size, actual, s3)).rejects.toThrow(TransferMismatch);
    const kinds = summaryOf(s3.sent).map(([method]) => method);
    expect(kinds.includes('DELETE')).toBe(size > PART_BYTES);
    expect(summaryOf(s3.sent)).not.toContainEqual(['POST', 'uploadId']);
  });
});

describe('an open file', () => {
  const size = 2 * PART_BYTES + 1;

  test('goes in parts, and the size of each part is reported', async () => {
    const { bodies, sent, target } = accepting();
    const told: number[] = [];
    await uploadFile(fileOf(contentOf(size)), { key: '', size }, target, (bytes) => told.push(bytes));
    expect(told.toSorted()).toEqual([1, PART_BYTES, PART_BYTES]);
    expect(Buffer.concat(bodies.slice(1)).equals(contentOf(size))).toBe(true);
    expect(sent.at(-1)).toMatchObject({ method: 'POST', query: { uploadId: 'u-1' } });
  });

  test('that changes before a part is sent is refused, and the upload is aborted', async () => {
    const { bodies, sent, target } = accepting();
    const file = fileOf(contentOf(size), fail);
    await expect(uploadFile(file, { key: '', size }, target, () => undefined)).rejects.toThrow('changed');
    expect(bodies).toEqual([]);
    expect(sent.at(-1)).toMatchObject({ method: 'DELETE', query: { uploadId: 'u-1' } });
  });

  test('that changes during a refused part has its own error', async () => {
    let isChanged = false;
    const { target } = accepting(({ query }) => {
      if (query.partNumber === undefined) return undefined;
      isChanged = true;
      return { status: 400, body: '<Error><Code>InvalidPart</Code></Error>' };
    });
    const file = fileOf(contentOf(size), () => isChanged && fail());
    await expect(uploadFile(file, { key: '', size }, target, () => undefined)).rejects.toThrow('changed');
  });

  test('that changes after its last part is not completed', async () => {
    let parts = 0;
    const { sent, target } = accepting();
    const file = fileOf(contentOf(size), () => parts === 3 && fail());
    const upload = uploadFile(file, { key: '', size }, target, () => parts++);
    await expect(upload).rejects.toThrow('changed');
    expect(summaryOf(sent)).not.toContainEqual(['POST', 'uploadId']);
  });
});

test('a part that is too large for memory is read twice, and its checksum is the checksum of the sent bytes', async () => {
  const size = 200_000 * 1024 ** 2;
  const bodies: Buffer[] = [];
  const { client, sent } = scripted(async ({ method, query, body }) => {
    if ('uploads' in query) return { body: '<R><UploadId>u-1</UploadId></R>' };
    if (method === 'PUT') bodies.push(await buffer(body as never));
    return { status: 403 };
  });
  const file = {
    read: async (into: Buffer, position: number) => void into.fill(position / 1024 ** 2),
    verify: async () => undefined,
    close: async () => undefined,
  };
  await expect(uploadFile(file, { key: '', size }, targetOf(client), () => undefined)).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  const { headers } = sent.find(({ method }) => method === 'PUT')!;
  expect(bodies[0]).toHaveLength(20 * 1024 ** 2);
  expect(headers['x-amz-checksum-crc32']).toBe(formatChecksum(crc32(bodies[0]!)));
  expect(sent.at(-1)).toMatchObject({ method: 'DELETE', query: { uploadId: 'u-1' } });
});
