/** The gateway answers signed requests of this machine, and nobody else. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { newCredentials } from '../../../../local/api/access/credentials';
import { type Gateway, startGateway } from '../../../../local/api/gateway/gateway';
import { fromStrangers, TARGETS, VERBS, withoutRight } from '../access/hostile-requests';
import { exchange, presigned, SUBMIT_JOB, signed, withHeaders } from '../access/raw-requests';

const credentials = newCredentials();
let gateway: Gateway;
let port: number;
let upstream: Server;
/** The requests that a route or the server behind the gateway has got whole. */
let reached: { readonly method?: string | undefined; readonly url: string; readonly body: Buffer }[];

beforeAll(async () => {
  upstream = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (body === undefined) return;
      reached.push({ method: request.method, url: request.url ?? '', body });
      if (request.url === '/sts') return void response.end(ROLE_KEYS);
      response.writeHead(200, { 'access-control-allow-origin': '*', 'x-from': 'upstream' }).end('{}');
    });
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  gateway = await startGateway({ credentials });
  gateway.forwardTo({ endpoint: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` });
  gateway.addRoute((method, path) =>
    path === SUBMIT_JOB
      ? async ({ body }) => {
          reached.push({ method, url: path, body });
          return { status: 200, body: '{}' };
        }
      : undefined,
  );
  port = Number(new URL(gateway.endpoint).port);
});
beforeEach(() => {
  reached = [];
});
afterAll(async () => {
  await gateway.close();
  upstream.close();
});

/** @returns undefined when the request ends before its body */
function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  return buffer(request).catch(() => undefined);
}

const here = () => ({ credentials, host: `127.0.0.1:${port}` });
const s3 = () =>
  new S3Client({ endpoint: gateway.endpoint, region: 'us-west-2', credentials, forcePathStyle: true });

test.each(VERBS.flatMap((verb) => TARGETS.map((target) => [verb, target] as const)))(
  '%s %s of a stranger is refused',
  async (verb, target) => {
    const requests = await fromStrangers(verb, target, port, credentials);
    const answers = await Promise.all(
      requests.map(async ([name, raw]) => [name, await exchange(port, raw)] as const),
    );
    for (const [name, answer] of answers) {
      const { status = 400, head = '' } = answer ?? {};
      expect([name, status >= 400 && status < 500, head.includes('access-control')]).toEqual([
        name,
        true,
        false,
      ]);
    }
    expect(reached).toEqual([]);
  },
);

test('a request without a right signature is refused', async () => {
  const told: unknown[] = [];
  for (const [name, raw] of await withoutRight(port, credentials)) {
    const { status = 400, head = '' } = (await exchange(port, raw)) ?? {};
    if (status < 400 || status >= 500 || head.includes('access-control')) told.push([name, status]);
    if (reached.length > 0) told.push([name, reached.splice(0)]);
  }
  expect(told).toEqual([]);
});

test.each(['127.0.0.1', 'localhost', '[::1]'])('a signed request to %s gets its answer', async (name) => {
  const raw = await signed({ body: '{"jobName":"good"}' }, { credentials, host: `${name}:${port}` });
  expect(await exchange(port, raw)).toMatchObject({ status: 200, body: expect.stringContaining('{}') });
  expect(reached).toMatchObject([{ url: SUBMIT_JOB, body: Buffer.from('{"jobName":"good"}') }]);
});

test('a signed request of HTTP/1.0, one without a hash of its body, and one that a user opens get their answers', async () => {
  const raw = await signed({ target: '/any/path?b=2&a=%20x&flag' }, here());
  const url = await presigned('GET', '/bucket/a%20key', here());
  for (const request of [
    { ...raw, version: '1.0' as const },
    await signed({ target: '/' }, { ...here(), isHashSent: false }),
    withHeaders(url, ['Sec-Fetch-Site', 'none']),
  ])
    expect(await exchange(port, request)).toMatchObject({ status: 200 });
  expect(reached).toHaveLength(3);
});

test('no answer of the server behind the gateway opens it to web pages', async () => {
  const answer = await exchange(port, await signed({ target: '/any' }, here()));
  expect(answer?.head).toContain('x-from: upstream');
  expect(answer?.head).not.toContain('access-control');
});

test('a client that waits with its body is told to go on only when its request is admitted', async () => {
  const raw = await signed({ body: '{}' }, here());
  const waiting = withHeaders(raw, ['expect', '100-continue']);
  expect((await exchange(port, waiting))?.head).toMatch(/^http\/1.1 100 continue\r\n\r\nhttp\/1.1 200/);
  const stranger = withHeaders(waiting, ['Origin', 'http://evil.example']);
  expect((await exchange(port, stranger))?.head).toMatch(/^http\/1.1 403/);
});

test('the SDK stores bytes, streams and empty objects under keys with any characters', async () => {
  const keys = ['a b+c', 'é/../x', "'(*)~%", '//', 'ends/'];
  for (const Key of keys) {
    await s3().send(
      new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'text', Metadata: { one: 'two  three' } }),
    );
    await s3().send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: '' }));
    const stream = Readable.from([Buffer.from('te'), Buffer.from('xt')]);
    await s3().send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: stream, ContentLength: 4 }));
    await s3().send(new GetObjectCommand({ Bucket: 'bucket', Key }));
  }
  expect(reached).toHaveLength(4 * keys.length);
});

test('the SDK stores a stream under one key many times at once', async () => {
  const put = () =>
    s3().send(
      new PutObjectCommand({
        ...{ Bucket: 'bucket', Key: 'key', ContentLength: 4 },
        Body: Readable.from([Buffer.from('text')]),
      }),
    );
  await Promise.all(Array.from({ length: 20 }, put));
  expect(reached).toHaveLength(20);
});

test.each(['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'])(
  'a copy of an upload with %s is refused, with its own body and with another',
  async (form) => {
    const put = await signed(
      { method: 'PUT', target: '/bucket/key', headers: { 'x-amz-content-sha256': form }, body: 'one' },
      { ...here(), service: 's3' },
    );
    expect(await exchange(port, put)).toMatchObject({ status: 200 });
    for (const body of ['one', 'evil'])
      expect(await exchange(port, { ...put, body })).toMatchObject({
        status: 403,
        body: expect.stringContaining('sign the request again'),
      });
    expect(reached).toMatchObject([{ body: Buffer.from('one') }]);
  },
);

test('a presigned upload, and a read without a hash of its body, may come again', async () => {
  const url = await presigned('PUT', '/bucket/key', here());
  const read = await signed(
    {
      method: 'GET',
      target: '/bucket/key',
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      body: '',
    },
    { ...here(), service: 's3' },
  );
  for (const request of [url, url, read, read])
    expect(await exchange(port, request)).toMatchObject({ status: 200 });
});

test('the SDK invokes a function by its ARN', async () => {
  const client = new LambdaClient({ endpoint: gateway.endpoint, region: 'us-west-2', credentials });
  const FunctionName = 'arn:aws:lambda:us-west-2:123456789012:function:any';
  await client.send(new InvokeCommand({ FunctionName, Payload: '{"a":1}' }));
  expect(reached).toMatchObject([{ body: Buffer.from('{"a":1}') }]);
});

test('the SDK gets the error of its protocol', async () => {
  const settings = { endpoint: gateway.endpoint, region: 'us-west-2', credentials: newCredentials() };
  const invoked = new LambdaClient(settings).send(new InvokeCommand({ FunctionName: 'any' }));
  await expect(invoked).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  const read = new S3Client({ ...settings, forcePathStyle: true }).send(
    new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }),
  );
  await expect(read).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
});

const ROLE = { accessKeyId: 'ASIAROLE', secretAccessKey: 'secret of the role' };
const TOKEN = 'token of the role';
const ROLE_KEYS = `<AssumeRoleResponse><AssumeRoleResult><Credentials>
  <AccessKeyId>${ROLE.accessKeyId}</AccessKeyId><SecretAccessKey>${ROLE.secretAccessKey}</SecretAccessKey>
  <SessionToken>${TOKEN}</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

test('the keys of a role are accepted after STS has given them, and only with their token', async () => {
  const request = async (headers: Record<string, string>) =>
    exchange(port, await signed({ target: '/any', headers }, { ...here(), credentials: ROLE }));
  const token = { 'x-amz-security-token': TOKEN };
  expect(await request(token)).toMatchObject({ status: 403 });
  const assumed = await exchange(port, await signed({ target: '/sts' }, { ...here(), service: 'sts' }));
  expect(assumed?.body).toContain(TOKEN);
  expect(await request(token)).toMatchObject({ status: 200 });
  expect(await request({})).toMatchObject({ status: 403 });
  expect(await request({ 'x-amz-security-token': 'another' })).toMatchObject({ status: 403 });
});

test('a large body that is not the signed one does not reach the server behind the gateway', async () => {
  const body = 'x'.repeat(4 * 1024 * 1024);
  const raw = await signed({ method: 'PUT', target: '/bucket/key', body }, { ...here(), service: 's3' });
  expect(await exchange(port, raw)).toMatchObject({ status: 200 });
  expect(reached.splice(0)).toHaveLength(1);
  const other = await exchange(port, { ...raw, body: `${body.slice(1)}y` });
  expect(other).toMatchObject({ status: 403, body: expect.stringContaining('XAmzContentSHA256Mismatch') });
  expect(reached).toEqual([]);
});
