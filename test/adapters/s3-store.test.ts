import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { S3Store } from '../../src/adapters/s3-store';
import { partSizeOf } from '../../src/adapters/s3-upload';
import { TransferMismatch } from '../../src/errors';
import { parseLocation } from '../../src/transfer/location';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable | string;
}

/** A client whose answers are scripted: the real SDK, without a network. */
function scripted(answer: (sent: Sent, index: number) => Reply): { store: S3Store; sent: Sent[] } {
  const sent: Sent[] = [];
  const handle = async (request: Sent) => {
    sent.push(request);
    const { status = 200, headers = {}, body = '' } = answer(request, sent.length - 1);
    const stream = typeof body === 'string' ? Readable.from([Buffer.from(body)]) : body;
    return { response: { statusCode: status, headers, body: stream } };
  };
  const client = new S3Client({
    region: 'us-west-2',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: { handle } as never,
  });
  return { store: new S3Store(client), sent };
}

const signal = new AbortController().signal;
const at = parseLocation('s3://bucket/key');
const listed = { key: '', size: 10, version: '"etag"' };
const problem = (code: string) => `<Error><Code>${code}</Code><Message>no</Message></Error>`;

async function* breakAfter(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content);
  throw new Error('socket hang up');
}

test.each([
  ['breaks off', () => Readable.from(breakAfter('0123'))],
  ['ends early', () => Readable.from([Buffer.from('0123')])],
])('a body that %s is resumed where it stopped, from the same version', async (_, first) => {
  const { store, sent } = scripted((_request, index) =>
    index === 0
      ? { body: first() }
      : { status: 206, headers: { 'content-range': 'bytes 4-9/10' }, body: '456789' },
  );
  expect(await text(store.read(at, listed, signal))).toBe('0123456789');
  expect(sent.map(({ headers }) => [headers['if-match'], headers.range])).toEqual([
    ['"etag"', undefined],
    ['"etag"', 'bytes=4-9'],
  ]);
});

test('an answer that is not the range asked for is not taken for it', async () => {
  const { store } = scripted(() => ({ body: '0123' }));
  await expect(text(store.read(at, listed, signal))).rejects.toThrow(TransferMismatch);
});

test('a body that never comes whole is given up', async () => {
  const { store, sent } = scripted((_request, index) => ({
    headers: { 'content-range': `bytes ${index}-9/10` },
    body: 'x',
  }));
  await expect(text(store.read(at, listed, signal))).rejects.toThrow('ended after 4 of 10 bytes');
  expect(sent).toHaveLength(4);
});

test.each([
  [412, 'PreconditionFailed'],
  [404, 'NoSuchKey'],
])('%i: the object is not the listed one any more', async (status, code) => {
  const { store } = scripted(() => ({ status, body: problem(code) }));
  await expect(text(store.read(at, listed, signal))).rejects.toThrow(TransferMismatch);
  await expect(store.copyFrom(store, at, listed, parseLocation('s3://bucket/to'), signal)).rejects.toThrow(
    TransferMismatch,
  );
});

test('any other refusal keeps its name', async () => {
  const { store } = scripted(() => ({ status: 403, body: problem('AccessDenied') }));
  await expect(text(store.read(at, listed, signal))).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('a copy within S3 asks for the listed version, its key escaped', async () => {
  const { store, sent } = scripted(() => ({ body: '<CopyObjectResult/>' }));
  const from = parseLocation("s3://bucket/a b/+é'x");
  expect(await store.copyFrom(store, from, listed, parseLocation('s3://other/to'), signal)).toBe(true);
  expect(sent[0]?.headers).toMatchObject({
    'x-amz-copy-source': "bucket/a%20b%2F%2B%C3%A9'x",
    'x-amz-copy-source-if-match': '"etag"',
  });
});

test('what is too large for one copy goes the long way', async () => {
  const { store, sent } = scripted(() => ({}));
  const large = { ...listed, size: 5 * 1024 ** 3 + 1 };
  expect(await store.copyFrom(store, at, large, parseLocation('s3://other/to'), signal)).toBe(false);
  expect(sent).toEqual([]);
});

test('an upload in parts that fails is aborted', async () => {
  const { store, sent } = scripted(({ method, query }) => {
    if ('uploads' in query)
      return {
        body: '<InitiateMultipartUploadResult><UploadId>u-1</UploadId></InitiateMultipartUploadResult>',
      };
    if (query.partNumber === '2') return { status: 500, body: problem('InternalError') };
    return method === 'DELETE' ? { status: 204 } : { headers: { etag: '"part"' } };
  });
  const size = 40 * 1024 ** 2;
  const content = Readable.from([Buffer.alloc(size)]);
  await expect(store.write(at, content, size, signal)).rejects.toMatchObject({ name: 'InternalError' });
  expect(sent.at(-1)).toMatchObject({ method: 'DELETE', query: { uploadId: 'u-1' } });
});

test('an error inside a 200 is an error', async () => {
  const { store } = scripted(({ method, query }) => {
    if ('uploads' in query)
      return {
        body: '<InitiateMultipartUploadResult><UploadId>u-1</UploadId></InitiateMultipartUploadResult>',
      };
    return method === 'POST' ? { body: problem('InternalError') } : { headers: { etag: '"part"' } };
  });
  const size = 20 * 1024 ** 2;
  const write = store.write(at, Readable.from([Buffer.alloc(size)]), size, signal);
  await expect(write).rejects.toMatchObject({ name: 'InternalError' });
});

test.each([
  [1, 16 * 1024 ** 2],
  [160_000 * 1024 ** 2, 16 * 1024 ** 2],
  [5 * 1024 ** 4, 549_755_814],
])('%i bytes go in parts of %i', (size, part) => {
  expect(partSizeOf(size)).toBe(part);
  expect(Math.ceil(size / partSizeOf(size))).toBeLessThanOrEqual(10_000);
});

test('folder markers are no files', async () => {
  const listing = `<ListBucketResult><KeyCount>3</KeyCount><IsTruncated>false</IsTruncated>
    <Contents><Key>m/</Key><Size>0</Size></Contents>
    <Contents><Key>m/in/</Key><Size>0</Size></Contents>
    <Contents><Key>m/in/f</Key><Size>3</Size><ETag>"e"</ETag></Contents></ListBucketResult>`;
  const { store } = scripted(() => ({ body: listing }));
  const keys = [];
  for await (const file of store.list(parseLocation('s3://bucket/m/'), signal)) keys.push(file);
  expect(keys).toEqual([{ key: 'in/f', size: 3, version: '"e"' }]);
});
