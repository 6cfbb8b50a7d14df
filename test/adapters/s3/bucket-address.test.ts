import { text } from 'node:stream/consumers';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { resolveBucket } from '../../../src/adapters/s3/bucket-address';
import { parseLocation } from '../../../src/transfer/location';
import { scripted } from './scripted-s3';

const { signal } = new AbortController();
const listed = { key: '', size: 4, version: '"etag"' };

/** The variable would override the settings of the tests. */
const { AWS_ENDPOINT_URL: configured } = process.env;
beforeAll(() => {
  delete process.env.AWS_ENDPOINT_URL;
});
afterAll(() => {
  if (configured !== undefined) process.env.AWS_ENDPOINT_URL = configured;
});

async function sentFor(config: S3ClientConfig, uri = "s3://bucket/a b/+é'x") {
  const { store, sent } = scripted(() => ({ body: 'four' }), config);
  expect(await text(store.read(parseLocation(uri), listed, signal))).toBe('four');
  expect(sent).toHaveLength(1);
  return sent[0]!;
}

describe("a request has the SDK's address", () => {
  test.each<[string, S3ClientConfig, string, string]>([
    ['a region', {}, 'bucket.s3.us-west-2.amazonaws.com', '/a%20b/%2B%C3%A9%27x'],
    ['path style', { forcePathStyle: true }, 's3.us-west-2.amazonaws.com', '/bucket/a%20b/%2B%C3%A9%27x'],
    [
      'dual stack',
      { useDualstackEndpoint: true },
      'bucket.s3.dualstack.us-west-2.amazonaws.com',
      '/a%20b/%2B%C3%A9%27x',
    ],
    [
      'an endpoint below a path',
      { endpoint: 'http://127.0.0.1:9/below', forcePathStyle: true },
      '127.0.0.1',
      '/below/bucket/a%20b/%2B%C3%A9%27x',
    ],
  ])('for %s', async (_, config, hostname, path) => {
    expect(await sentFor(config)).toMatchObject({ method: 'GET', hostname, path });
  });

  test('for AWS_ENDPOINT_URL', async () => {
    process.env.AWS_ENDPOINT_URL = 'https://s3.example:444';
    const sent = await sentFor({ forcePathStyle: true }).finally(() => {
      delete process.env.AWS_ENDPOINT_URL;
    });
    expect(sent).toMatchObject({ protocol: 'https:', hostname: 's3.example', port: 444 });
    expect(sent.headers.host).toBe('s3.example:444');
  });

  test('and the signature of its region, with the session token', async () => {
    const credentials = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' };
    const { headers } = await sentFor({ credentials, region: 'eu-central-1' });
    expect(headers.authorization).toMatch(/Credential=id\/\d{8}\/eu-central-1\/s3\/aws4_request/);
    expect(headers).toMatchObject({ 'x-amz-security-token': 'token', 'if-match': '"etag"' });
  });
});

test.each([
  ['requests to AWS are encrypted', {}, true],
  ['requests to an endpoint of http are not encrypted', { endpoint: 'http://127.0.0.1:9' }, false],
])('%s', async (_, config, expected) => {
  const { client, sent } = scripted(() => ({}), config);
  expect((await resolveBucket(client, 'bucket')).isEncrypted).toBe(expected);
  expect(sent).toEqual([]);
});

test('an unsigned request has its key escaped, and its own query and headers', async () => {
  const { client } = scripted(() => ({}));
  const { request } = await resolveBucket(client, 'bucket');
  const made = request('PUT', "a/!'()*~é+b", { partNumber: '1' }, { 'if-match': '"e"' });
  expect(made).toMatchObject({
    method: 'PUT',
    path: '/a/%21%27%28%29%2A~%C3%A9%2Bb',
    query: { partNumber: '1' },
    headers: { host: 'bucket.s3.us-west-2.amazonaws.com', 'if-match': '"e"' },
  });
  expect(made.headers).not.toHaveProperty('authorization');
});

test('a client without credentials fails', async () => {
  const credentials = () => Promise.reject(new Error('no credentials'));
  const { client } = scripted(() => ({}), { credentials });
  await expect(resolveBucket(client, 'bucket')).rejects.toThrow('no credentials');
});
