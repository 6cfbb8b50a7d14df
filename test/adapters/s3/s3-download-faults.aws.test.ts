/** After every fault of a download the file is complete or unchanged, and no partial file stays. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TransferMismatch } from '../../../src/errors';
import { S3_SERVERS } from '../../api/endpoint';
import { disguise, endAfter, extend, type Fault, first, refuse, resetAfter } from './fault-proxy';
import { CONTENTS, isGet, SIZES, type Size, useFaultWorld } from './fault-world';

describe.each(S3_SERVERS)('from $name', (server) => {
  const world = useFaultWorld(server);
  const { bucket, proxy, found, names, object } = world;
  const download = (size: Size) => world.download(size);
  beforeAll(async () => {
    for (const [key, content] of Object.entries(CONTENTS)) await bucket.put(key, content);
  });
  beforeEach(() => world.hold('old'));

  const passing: readonly [string, number, Fault][] = [
    ['503 SlowDown', 5, refuse(503, 'SlowDown')],
    ['500', 2, refuse(500, 'InternalError')],
    ['a reset before the first byte', 1, resetAfter(0)],
    ['a reset in the middle', 2, resetAfter(3_000)],
    ['a body that ends early', 2, endAfter(3_000)],
    ['a body with more bytes', 1, extend(10)],
    [
      'another range than requested',
      1,
      disguise({ status: 206, headers: { 'content-range': 'bytes 7-9/10' } }),
    ],
    ['a length that differs from the range', 1, disguise({ headers: { 'content-length': '7' } })],
  ];

  describe.each(SIZES)('a %s object', (size) => {
    test.each(passing)('arrives after %s (%i times)', async (_, times, fault) => {
      proxy.fault = first(times, isGet, fault);
      expect(await download(size)).toBe(CONTENTS[size].length);
      expect(found().equals(CONTENTS[size])).toBe(true);
      expect(names()).toEqual(['file']);
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
      expect(names()).toEqual(['file']);
    });
  });

  test('the whole object instead of a range is refused', async () => {
    proxy.fault = (asked) => (isGet(asked) ? disguise({ status: 200 }) : undefined);
    await expect(download('large')).rejects.toThrow('has status 200, not 206');
    expect(found().toString()).toBe('old');
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

  test('an S3 that accepts four concurrent requests gets no more after a while', async () => {
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
    const store = world.s3();
    const listed = await store.stat(object('small'));
    const copyOne = async (index: number) => {
      await world
        .files()
        .copyFrom(store, object('small'), listed!, world.file(`file-${index}`), world.signal);
    };
    await Promise.all(Array.from({ length: 100 }, (_, index) => copyOne(index)));
    expect(refused).toBeGreaterThan(0);
    for (let index = 0; index < 100; index++)
      expect(readFileSync(join(world.folder.path, `file-${index}`)).equals(CONTENTS.small)).toBe(true);
  });

  test('an abort leaves nothing', async () => {
    const stop = new AbortController();
    const copy = world.download('large', stop.signal, () => stop.abort(new Error('enough')));
    await expect(copy).rejects.toThrow('enough');
    expect(found().toString()).toBe('old');
    expect(names()).toEqual(['file']);
  });
});
