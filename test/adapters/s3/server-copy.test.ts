import { TransferMismatch } from '../../../src/errors';
import { parseLocation } from '../../../src/transfer/location';
import { scripted } from './scripted-s3';

const { signal } = new AbortController();
const at = parseLocation('s3://bucket/key');
const listed = { key: '', size: 10, version: '"etag"' };
const problem = (code: string) => `<Error><Code>${code}</Code><Message>no</Message></Error>`;

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

test.each([
  [412, 'PreconditionFailed'],
  [404, 'NoSuchKey'],
])('%i means that the source does not have the listed version', async (status, code) => {
  const { store } = scripted(() => ({ status, body: problem(code) }));
  const copy = store.copyFrom(store, at, listed, parseLocation('s3://other/to'), signal);
  await expect(copy).rejects.toThrow(TransferMismatch);
});

test('a copy that fails at first is repeated', async () => {
  const { store, sent } = scripted((_, index) =>
    index === 0 ? { status: 500, body: problem('InternalError') } : { body: '<CopyObjectResult/>' },
  );
  expect(await store.copyFrom(store, at, listed, parseLocation('s3://other/to'), signal)).toBe(true);
  expect(sent).toHaveLength(2);
});

test('an object of 5 GiB is copied in one request', async () => {
  const { store, sent } = scripted(() => ({ body: '<CopyObjectResult/>' }));
  const file = { ...listed, size: 5 * 1024 ** 3 };
  await store.copyFrom(store, at, file, parseLocation('s3://other/to'), signal);
  expect(sent).toHaveLength(1);
});
