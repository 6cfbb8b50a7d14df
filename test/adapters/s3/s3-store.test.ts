import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseLocation } from '../../../src/transfer/location';
import { scripted } from './scripted-s3';

const signal = new AbortController().signal;
const at = parseLocation('s3://bucket/key');
const listed = { key: '', size: 10, version: '"etag"' };
const begun = '<InitiateMultipartUploadResult><UploadId>u-1</UploadId></InitiateMultipartUploadResult>';
const problem = (code: string) => `<Error><Code>${code}</Code><Message>no</Message></Error>`;

test('a refusal by S3 keeps its name', async () => {
  const { store } = scripted(() => ({ status: 403, body: problem('AccessDenied') }));
  await expect(text(store.read(at, listed, signal))).rejects.toMatchObject({ name: 'AccessDenied' });
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
