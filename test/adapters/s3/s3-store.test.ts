import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { partSizeOf } from '../../../src/adapters/s3/multipart';
import { TransferMismatch } from '../../../src/errors';
import { parseLocation } from '../../../src/transfer/location';
import { scripted } from './scripted-s3';

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

test('an answer with another range is refused', async () => {
  const { store } = scripted(() => ({ body: '0123' }));
  await expect(text(store.read(at, listed, signal))).rejects.toThrow(TransferMismatch);
});

test('a body that breaks off every time fails', async () => {
  const { store, sent } = scripted((_request, index) => ({
    status: index === 0 ? 200 : 206,
    headers: { 'content-range': `bytes ${index}-9/10` },
    body: 'x',
  }));
  const read = text(store.read(at, listed, signal));
  await expect(read).rejects.toThrow('ended after 6 of 10 bytes, 6 times. Run the transfer again');
  await expect(read).rejects.toThrow(TransferMismatch);
  expect(sent).toHaveLength(6);
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

test('other refusals keep their names', async () => {
  const { store } = scripted(() => ({ status: 403, body: problem('AccessDenied') }));
  await expect(text(store.read(at, listed, signal))).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('a copy within S3 names the listed version and escapes the key', async () => {
  const { store, sent } = scripted(() => ({ body: '<CopyObjectResult/>' }));
  const from = parseLocation("s3://bucket/a b/+é'x");
  expect(await store.copyFrom(store, from, listed, parseLocation('s3://other/to'), signal)).toBe(true);
  expect(sent[0]?.headers).toMatchObject({
    'x-amz-copy-source': "bucket/a%20b%2F%2B%C3%A9'x",
    'x-amz-copy-source-if-match': '"etag"',
  });
});

const begun = '<InitiateMultipartUploadResult><UploadId>u-1</UploadId></InitiateMultipartUploadResult>';

test('an object that is too large for one copy is copied in parts of the listed version', async () => {
  const { store, sent } = scripted(({ method, query }) => {
    if (method === 'PUT')
      return { body: `<CopyPartResult><ETag>"${query.partNumber}"</ETag></CopyPartResult>` };
    return { body: 'uploads' in query ? begun : '<CompleteMultipartUploadResult/>' };
  });
  const large = { ...listed, size: 5 * 1024 ** 3 + 1 };
  let bytes = 0;
  const count = (more: number) => {
    bytes += more;
  };
  expect(await store.copyFrom(store, at, large, parseLocation('s3://other/to'), signal, count)).toBe(true);
  expect(bytes).toBe(large.size);
  const parts = sent.filter(({ method }) => method === 'PUT').map(({ headers }) => headers);
  expect(parts).toHaveLength(21);
  expect(parts.at(-1)).toMatchObject({
    'x-amz-copy-source': 'bucket/key',
    'x-amz-copy-source-if-match': '"etag"',
    'x-amz-copy-source-range': 'bytes=5368709120-5368709120',
  });
  expect(sent.at(-1)).toMatchObject({ method: 'POST', query: { uploadId: 'u-1' } });
});

test('a copy in parts of a replaced object is aborted', async () => {
  const { store, sent } = scripted(({ method, query }) => {
    if (method === 'PUT') return { status: 412, body: problem('PreconditionFailed') };
    return 'uploads' in query ? { body: begun } : { status: 204 };
  });
  const large = { ...listed, size: 6 * 1024 ** 3 };
  const copy = store.copyFrom(store, at, large, parseLocation('s3://other/to'), signal);
  await expect(copy).rejects.toThrow(TransferMismatch);
  expect(sent.at(-1)).toMatchObject({ method: 'DELETE', query: { uploadId: 'u-1' } });
});

test('a failed upload in parts is aborted', async () => {
  const { store, sent } = scripted(({ method, query }) => {
    if ('uploads' in query) return { body: begun };
    if (query.partNumber === '2') return { status: 500, body: problem('InternalError') };
    return method === 'DELETE' ? { status: 204 } : { headers: { etag: '"part"' } };
  });
  const size = 40 * 1024 ** 2;
  const content = Readable.from([Buffer.alloc(size)]);
  await expect(store.write(at, content, size, signal)).rejects.toMatchObject({ name: 'InternalError' });
  expect(sent.at(-1)).toMatchObject({ method: 'DELETE', query: { uploadId: 'u-1' } });
});

test('an error in an answer with status 200 is an error', async () => {
  const { store } = scripted(({ method, query }) => {
    if ('uploads' in query) return { body: begun };
    return method === 'POST' ? { body: problem('InternalError') } : { headers: { etag: '"part"' } };
  });
  const size = 20 * 1024 ** 2;
  const write = store.write(at, Readable.from([Buffer.alloc(size)]), size, signal);
  await expect(write).rejects.toMatchObject({ name: 'InternalError' });
});

test.each([
  [1, 8 * 1024 ** 2],
  [80_000 * 1024 ** 2, 8 * 1024 ** 2],
  [80_000 * 1024 ** 2 + 1, 9 * 1024 ** 2],
  [48.8 * 1024 ** 4, 5118 * 1024 ** 2],
])('%i bytes go in parts of %i', (size, part) => {
  expect(partSizeOf(size, 8 * 1024 ** 2)).toBe(part);
  expect(Math.ceil(size / part)).toBeLessThanOrEqual(10_000);
});

test('folder markers are not files', async () => {
  const listing = `<ListBucketResult><KeyCount>3</KeyCount><IsTruncated>false</IsTruncated>
    <Contents><Key>m/</Key><Size>0</Size></Contents>
    <Contents><Key>m/in/</Key><Size>0</Size></Contents>
    <Contents><Key>m/in/f</Key><Size>3</Size><ETag>"e"</ETag></Contents></ListBucketResult>`;
  const { store } = scripted(() => ({ body: listing }));
  const keys = [];
  for await (const file of store.list(parseLocation('s3://bucket/m/'), signal)) keys.push(file);
  expect(keys).toEqual([{ key: 'in/f', size: 3, version: '"e"' }]);
});

test('an error about a bucket in another region names the region', async () => {
  const { store } = scripted(() => ({
    status: 301,
    headers: { 'x-amz-bucket-region': 'eu-north-1' },
    body: problem('PermanentRedirect'),
  }));
  const first = store.list(at, signal)[Symbol.asyncIterator]().next();
  await expect(first).rejects.toMatchObject({ name: 'PermanentRedirect' });
  await expect(first).rejects.toThrow('the bucket is in eu-north-1');
});
