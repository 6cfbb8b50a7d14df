import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { ByteBudget } from '../../../src/adapters/byte-budget';
import { Gate } from '../../../src/adapters/s3/gate';
import { IdleWatch } from '../../../src/adapters/s3/idle-watch';
import { formatChecksum, S3Requests } from '../../../src/adapters/s3/requests';
import { uploadFile } from '../../../src/adapters/s3/s3-upload';
import { parseLocation } from '../../../src/transfer/location';
import { scripted } from './scripted-s3';

const signal = new AbortController().signal;
const settings = {
  region: 'us-west-2',
  forcePathStyle: true,
  credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
};
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

describe("requests have the SDK's address", () => {
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
  ])('%s', async (_, config, hostname, path) => {
    expect(await sentFor(config)).toMatchObject({ method: 'GET', hostname, path });
  });

  test('AWS_ENDPOINT_URL', async () => {
    process.env.AWS_ENDPOINT_URL = 'https://s3.example:444';
    const sent = await sentFor({ forcePathStyle: true }).finally(() => {
      delete process.env.AWS_ENDPOINT_URL;
    });
    expect(sent).toMatchObject({ protocol: 'https:', hostname: 's3.example', port: 444 });
    expect(sent.headers.host).toBe('s3.example:444');
  });

  test('requests are signed for the region, with the session token', async () => {
    const credentials = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' };
    const { headers } = await sentFor({ credentials, region: 'eu-central-1' });
    expect(headers.authorization).toMatch(/Credential=id\/\d{8}\/eu-central-1\/s3\/aws4_request/);
    expect(headers).toMatchObject({ 'x-amz-security-token': 'token', 'if-match': '"etag"' });
  });
});

describe('the integrity of content', () => {
  const body = { size: 4, bytes: Buffer.from('four'), checksum: crc32('four') };
  const put = async (config: S3ClientConfig, checksum: number | undefined) => {
    const { client, sent } = scripted(() => ({}), config);
    const request = { method: 'PUT', bucket: 'bucket', key: 'key', body: { ...body, checksum } } as const;
    await new S3Requests(client).sendWhole(request, signal);
    return sent[0]!.headers;
  };
  const plain = { endpoint: 'http://127.0.0.1:9' };

  test('is protected by a signed checksum', async () => {
    expect(await put(plain, body.checksum)).toMatchObject({
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      'x-amz-checksum-crc32': formatChecksum(body.checksum),
      authorization: expect.stringContaining('x-amz-checksum-crc32'),
    });
  });

  test('or by TLS', async () => {
    expect(await put({}, undefined)).toMatchObject({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });
  });

  test('or by a hash', async () => {
    const sha256 = createHash('sha256').update('four').digest('hex');
    expect(await put(plain, undefined)).toMatchObject({ 'x-amz-content-sha256': sha256 });
  });
});

test('a refusal before the end of a request leaves no waiting connection', async () => {
  const server = createServer((_, response) => response.writeHead(403, { connection: 'keep-alive' }).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ keepAlive: true });
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({ ...settings, endpoint, requestHandler: { httpAgent: agent } });
  const body = { size: 32 * 1024 ** 2, checksum: 1, bytes: Buffer.alloc(32 * 1024 ** 2) };
  try {
    const sent = new S3Requests(client).sendWhole(
      { method: 'PUT', bucket: 'bucket', key: 'key', body },
      signal,
    );
    await expect(sent).rejects.toThrow();
    await setTimeout(50);
    expect(Object.keys(agent.sockets)).toEqual([]);
  } finally {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  }
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
  const target = {
    client,
    requests: new S3Requests(client),
    memory: new ByteBudget(1),
    object: { Bucket: 'bucket', Key: 'key' },
    patience: { gate: new Gate(1), signal, backoffMs: 1 },
  };
  await expect(uploadFile(file, { key: '', size }, target, () => undefined)).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  const { headers } = sent.find(({ method }) => method === 'PUT')!;
  expect(bodies[0]).toHaveLength(20 * 1024 ** 2);
  expect(headers['x-amz-checksum-crc32']).toBe(formatChecksum(crc32(bodies[0]!)));
  expect(sent.at(-1)).toMatchObject({ method: 'DELETE', query: { uploadId: 'u-1' } });
});

describe('an idle connection', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('is ended, a connection with progress is not', () => {
    const watch = new IdleWatch();
    const [silent, busy] = [watch.begin(signal), watch.begin(signal)];
    for (let seconds = 0; seconds < 70; seconds += 5) {
      busy.touch();
      jest.advanceTimersByTime(5_000);
    }
    expect(silent.reasonFor(new Error('aborted'))).toMatchObject({ name: 'TimeoutError' });
    expect(busy.signal.aborted).toBe(false);
    for (const each of [silent, busy]) each.end();
    expect(jest.getTimerCount()).toBe(0);
  });
});
