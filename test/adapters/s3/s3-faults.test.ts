/** Whatever goes wrong between us and S3: a destination is complete, or as it was, and nothing is left beside it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { FileStore } from '../../../src/adapters/files/file-store';
import { formatChecksum } from '../../../src/adapters/s3/requests';
import { S3Store } from '../../../src/adapters/s3/s3-store';
import { TransferMismatch } from '../../../src/errors';
import type { Location } from '../../../src/transfer/location';
import { endpoint } from '../../api/endpoint';
import { useFolder } from '../../transfer/folders';
import {
  after,
  disguise,
  endAfter,
  extend,
  type Fault,
  first,
  refuse,
  resetAfter,
  useFaultProxy,
} from './fault-proxy';
import { clientOf, useBucket } from './s3-world';

// Seventeen megabytes through moto, sometimes six times.
jest.setTimeout(60_000);

const MIB = 1024 ** 2;
const folder = useFolder();
const bucket = useBucket();
const proxy = useFaultProxy(endpoint);
const signal = new AbortController().signal;

/** In three ranges or parts, no two of them alike; and in one go. */
const CONTENTS = { large: patterned(17 * MIB), small: patterned(5_000) };
type Size = keyof typeof CONTENTS;

const file = (): Location => ({ kind: 'path', path: join(folder.path, 'file') });
const object = (key: string): Location => ({ kind: 's3', bucket: bucket.name, key });
const s3 = (maxAttempts = 1) => new S3Store(clientOf(proxy.endpoint, maxAttempts), { backoffMs: 1 });
const files = () => new FileStore({ root: folder.path });
const isGet = ({ method, url }: { method: string; url: string }) =>
  method === 'GET' && !url.includes('list-type');
const isPut = ({ method }: { method: string }) => method === 'PUT';

function patterned(size: number): Buffer {
  const content = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) content.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);
  return content;
}

async function download(size: Size): Promise<number> {
  const store = s3();
  const listed = await store.stat(object(size));
  let bytes = 0;
  await files().copyFrom(store, object(size), listed!, file(), signal, (more) => {
    bytes += more;
  });
  return bytes;
}

async function upload(key: string, maxAttempts = 1): Promise<number> {
  const listed = await files().stat(file());
  let bytes = 0;
  await s3(maxAttempts).copyFrom(files(), file(), listed!, object(key), signal, (more) => {
    bytes += more;
  });
  return bytes;
}

describe('from S3', () => {
  beforeAll(async () => {
    for (const [key, content] of Object.entries(CONTENTS)) await bucket.put(key, content);
  });
  beforeEach(() => writeFileSync(join(folder.path, 'file'), 'old'));
  const found = () => readFileSync(join(folder.path, 'file'));

  const passing: readonly [string, number, Fault][] = [
    ['503 SlowDown', 5, refuse(503, 'SlowDown')],
    ['500', 2, refuse(500, 'InternalError')],
    ['a reset before the first byte', 1, resetAfter(0)],
    ['a reset in the middle', 2, resetAfter(3_000)],
    ['a body that ends early', 2, endAfter(3_000)],
    ['a body that does not end', 1, extend(10)],
    [
      'another range than asked for',
      1,
      disguise({ status: 206, headers: { 'content-range': 'bytes 7-9/10' } }),
    ],
    ['a length that is not the range', 1, disguise({ headers: { 'content-length': '7' } })],
  ];

  describe.each(Object.keys(CONTENTS) as Size[])('a %s object', (size) => {
    test.each(passing)('arrives after %s (%i times)', async (_, times, fault) => {
      proxy.fault = first(times, isGet, fault);
      expect(await download(size)).toBe(CONTENTS[size].length);
      expect(found().equals(CONTENTS[size])).toBe(true);
      expect(readdirSync(folder.path)).toEqual(['file']);
    });

    test.each([
      ['412', refuse(412, 'PreconditionFailed'), TransferMismatch],
      ['404', refuse(404, 'NoSuchKey'), TransferMismatch],
      ['403', refuse(403, 'AccessDenied'), 'told to'],
      [
        'an answer for another range, always',
        disguise({ status: 206, headers: { 'content-range': 'bytes 7-9/10' } }),
        TransferMismatch,
      ],
      ['an end before the first byte, always', endAfter(0), TransferMismatch],
      ['500, always', refuse(500, 'InternalError'), 'told to'],
      [
        '301',
        refuse(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-north-1' }),
        'the bucket is in eu-north-1',
      ],
    ])('leaves the old file after %s', async (_, fault, error) => {
      proxy.fault = (asked) => (isGet(asked) ? fault : undefined);
      await expect(download(size)).rejects.toThrow(error as string);
      expect(found().toString()).toBe('old');
      expect(readdirSync(folder.path)).toEqual(['file']);
    });
  });

  test('all of it in place of a range is not taken', async () => {
    proxy.fault = (asked) => (isGet(asked) ? disguise({ status: 200 }) : undefined);
    await expect(download('large')).rejects.toThrow('has status 200, not 206');
    expect(found().toString()).toBe('old');
  });

  test('bytes that are not those of the checksum are not taken', async () => {
    const corrupt: Fault = async (ask, response) => {
      const { status, headers, body } = await ask();
      body[17] = (body[17] ?? 0) ^ 1;
      response.writeHead(status, {
        ...headers,
        'x-amz-checksum-crc32': formatChecksum(crc32(CONTENTS.small)),
      });
      response.end(body);
    };
    proxy.fault = (asked) => (isGet(asked) ? corrupt : undefined);
    await expect(download('small')).rejects.toThrow('came with other bytes than S3 has');
    expect(found().toString()).toBe('old');
    expect(readdirSync(folder.path)).toEqual(['file']);
  });

  test('every range asks for the listed version', async () => {
    await download('large');
    const gets = proxy.asked.filter(isGet).map(({ headers }) => headers);
    expect(gets.map(({ range }) => range).sort()).toEqual([
      'bytes=0-8388607',
      'bytes=16777216-17825791',
      'bytes=8388608-16777215',
    ]);
    expect(new Set(gets.map((headers) => headers['if-match'])).size).toBe(1);
  });

  test('S3 that takes four requests at a time gets no more after a while', async () => {
    let underWay = 0;
    let refused = 0;
    const pass: Fault = async (ask, response) => {
      underWay++;
      const { status, headers, body } = await ask();
      underWay--;
      response.writeHead(status, headers).end(body);
    };
    proxy.fault = (asked) => {
      if (!isGet(asked)) return undefined;
      if (underWay < 4) return pass;
      refused++;
      return refuse(503, 'SlowDown');
    };
    const store = s3();
    const listed = await store.stat(object('small'));
    const copyOne = async (index: number) => {
      const to: Location = { kind: 'path', path: join(folder.path, `file-${index}`) };
      await files().copyFrom(store, object('small'), listed!, to, signal);
    };
    await Promise.all(Array.from({ length: 100 }, (_, index) => copyOne(index)));
    expect(refused).toBeGreaterThan(0);
    for (let index = 0; index < 100; index++)
      expect(readFileSync(join(folder.path, `file-${index}`)).equals(CONTENTS.small)).toBe(true);
  });

  test('an object that is replaced between two ranges is not mixed', async () => {
    await bucket.put('replaced', CONTENTS.large);
    const store = s3();
    const listed = await store.stat(object('replaced'));
    let gets = 0;
    // Moto does not mind If-Match: what S3 would do is done here.
    proxy.fault = (asked) => (isGet(asked) && ++gets > 1 ? refuse(412, 'PreconditionFailed') : undefined);
    const copy = files().copyFrom(store, object('replaced'), listed!, file(), signal);
    await expect(copy).rejects.toThrow(TransferMismatch);
    expect(found().toString()).toBe('old');
    expect(readdirSync(folder.path)).toEqual(['file']);
  });

  test('whoever stops it leaves nothing', async () => {
    const stop = new AbortController();
    const store = s3();
    const listed = await store.stat(object('large'));
    const copy = files().copyFrom(store, object('large'), listed!, file(), stop.signal, () =>
      stop.abort(new Error('enough')),
    );
    await expect(copy).rejects.toThrow('enough');
    expect(found().toString()).toBe('old');
    expect(readdirSync(folder.path)).toEqual(['file']);
  });
});

describe('to S3', () => {
  const passing: readonly [string, number, Fault][] = [
    ['503 SlowDown', 5, refuse(503, 'SlowDown')],
    ['500', 2, refuse(500, 'InternalError')],
    ['a reset', 2, (_, response) => void response.destroy()],
    [
      'a reset after it was stored',
      1,
      async (ask, response) => {
        await ask();
        response.destroy();
      },
    ],
  ];

  describe.each(Object.keys(CONTENTS) as Size[])('a %s file', (size) => {
    const key = `up-${size}`;
    beforeEach(async () => {
      writeFileSync(join(folder.path, 'file'), CONTENTS[size]);
      await bucket.put(key, Buffer.from('old'));
    });

    test.each(passing)('arrives after %s (%i times)', async (_, times, fault) => {
      proxy.fault = first(times, isPut, fault);
      expect(await upload(key)).toBe(CONTENTS[size].length);
      expect((await bucket.get(key))?.equals(CONTENTS[size])).toBe(true);
      expect(await bucket.pendingUploads()).toBe(0);
    });

    test.each([
      ['403', refuse(403, 'AccessDenied')],
      ['500, always', refuse(500, 'InternalError')],
    ])('leaves the old object after %s', async (_, fault) => {
      proxy.fault = (asked) => (isPut(asked) ? fault : undefined);
      await expect(upload(key)).rejects.toThrow('told to');
      expect((await bucket.get(key))?.toString()).toBe('old');
      expect(await bucket.pendingUploads()).toBe(0);
    });

    test('that has changed since it was listed is refused', async () => {
      const listed = await files().stat(file());
      writeFileSync(join(folder.path, 'file'), Buffer.concat([CONTENTS[size], Buffer.from('more')]));
      const copy = s3().copyFrom(files(), file(), listed!, object(key), signal);
      await expect(copy).rejects.toThrow(TransferMismatch);
      expect((await bucket.get(key))?.toString()).toBe('old');
      expect(await bucket.pendingUploads()).toBe(0);
    });
  });

  describe('in parts', () => {
    beforeEach(async () => {
      writeFileSync(join(folder.path, 'file'), CONTENTS.large);
      await bucket.put('parts', Buffer.from('old'));
    });
    const isComplete = ({ method, url }: { method: string; url: string }) =>
      method === 'POST' && url.includes('uploadId=');

    test('an error inside the 200 of the end', async () => {
      proxy.fault = (asked) => (isComplete(asked) ? refuse(200, 'InternalError') : undefined);
      await expect(upload('parts')).rejects.toMatchObject({ name: 'InternalError' });
      expect((await bucket.get('parts'))?.toString()).toBe('old');
      expect(await bucket.pendingUploads()).toBe(0);
    });

    test('an error inside the 200 that passes', async () => {
      proxy.fault = first(1, isComplete, refuse(200, 'InternalError'));
      await upload('parts', 3);
      expect((await bucket.get('parts'))?.equals(CONTENTS.large)).toBe(true);
    });

    test('a file that changes meanwhile', async () => {
      const grow = async () => writeFileSync(join(folder.path, 'file'), Buffer.alloc(18 * MIB));
      proxy.fault = first(1, isPut, after(grow));
      await expect(upload('parts')).rejects.toThrow(TransferMismatch);
      expect((await bucket.get('parts'))?.toString()).toBe('old');
      expect(await bucket.pendingUploads()).toBe(0);
    });

    test('each carries its checksum, and one more for the signature to cover', async () => {
      await upload('parts');
      const puts = proxy.asked.filter(isPut);
      expect(puts).toHaveLength(3);
      for (const { headers } of puts) {
        expect(headers['x-amz-checksum-crc32']).toMatch(/^[A-Za-z0-9+/]{6}==$/);
        expect(headers.authorization).toContain('x-amz-checksum-crc32');
      }
    });
  });
});
