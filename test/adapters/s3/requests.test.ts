import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { formatChecksum, S3Requests } from '../../../src/adapters/s3/requests';
import { scripted } from './scripted-s3';

const signal = new AbortController().signal;
const settings = {
  region: 'us-west-2',
  forcePathStyle: true,
  credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
};

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

  test('is protected by TLS without a checksum', async () => {
    expect(await put({}, undefined)).toMatchObject({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });
  });

  test('is protected by a signed hash without TLS and checksum', async () => {
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

test('content that is neither in memory nor hashed is refused without TLS and checksum', async () => {
  const { client } = scripted(() => ({}), { endpoint: 'http://127.0.0.1:9' });
  const bytes = async function* () {
    yield Buffer.from('four');
  };
  const body = { size: 4, checksum: undefined, bytes };
  const sent = new S3Requests(client).sendWhole(
    { method: 'PUT', bucket: 'bucket', key: 'key', body },
    signal,
  );
  await expect(sent).rejects.toThrow('neither in memory nor has it a SHA-256');
});

test.each([
  ['WHEN_SUPPORTED', true],
  ['WHEN_REQUIRED', false],
] as const)('with the setting %s PUTs have a checksum: %s', async (requestChecksumCalculation, expected) => {
  const { client } = scripted(() => ({}), { requestChecksumCalculation });
  expect(await new S3Requests(client).wantsChecksums()).toBe(expected);
});

test('an answer without success is an error with the code of S3', async () => {
  const body = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
  const { client } = scripted(() => ({ status: 403, body }));
  const sent = new S3Requests(client).send({ method: 'GET', bucket: 'bucket', key: 'key' }, signal);
  await expect(sent).rejects.toMatchObject({ name: 'AccessDenied', message: 'no', status: 403 });
});

test('an answer has its status, headers and body', async () => {
  const { client, sent } = scripted(() => ({ status: 206, headers: { etag: '"e"' }, body: 'four' }));
  const request = { method: 'GET', bucket: 'bucket', key: 'key', query: { partNumber: '1' } } as const;
  const { status, headers, body } = await new S3Requests(client).send(request, signal);
  expect([status, headers.etag, await text(body)]).toEqual([206, '"e"', 'four']);
  expect(sent[0]).toMatchObject({ method: 'GET', query: { partNumber: '1' } });
});

test('an abort fails the body with its reason', async () => {
  const endless = new Readable({ read: () => undefined });
  const { client } = scripted(() => ({ body: endless }));
  const stop = new AbortController();
  const { body } = await new S3Requests(client).send(
    { method: 'GET', bucket: 'bucket', key: 'key' },
    stop.signal,
  );
  const read = text(body);
  stop.abort(new Error('cancelled'));
  await expect(read).rejects.toThrow('cancelled');
});

test('the SDK prepares one request for each bucket, and again after a failure', async () => {
  let failures = 1;
  const credentials = async () => {
    if (failures-- > 0) throw new Error('no credentials');
    return { accessKeyId: 'id', secretAccessKey: 'secret' };
  };
  const { client, sent } = scripted(() => ({}), { credentials });
  const requests = new S3Requests(client);
  const get = (key: string) => requests.sendWhole({ method: 'GET', bucket: 'bucket', key }, signal);
  await expect(get('a')).rejects.toThrow('no credentials');
  await get('a');
  await get('b');
  expect(sent.map(({ path }) => path)).toEqual(['/a', '/b']);
});
