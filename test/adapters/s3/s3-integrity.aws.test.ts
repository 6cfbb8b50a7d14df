/**
 * Tests that need a server with versions and checksums. Its checksum of an object from one request is of all bytes. S3
 * has no checksum of a range.
 */
import { randomBytes } from 'node:crypto';
import { TransferMismatch } from '../../../src/errors';
import { VERSITYGW } from '../../api/endpoint';
import { after, alterAnswer, alterRequest, type Fault, first } from './fault-proxy';
import { CONTENTS, isGet, isPut, MIB, SIZES, useFaultWorld } from './fault-world';

const world = useFaultWorld(VERSITYGW);
const { bucket, proxy, object } = world;
const OTHER = { large: randomBytes(17 * MIB), small: randomBytes(5_000) };

beforeEach(() => world.hold('old'));

describe('an object that is replaced', () => {
  /** Replaces the object before a request. @param others number of earlier requests for ranges */
  const replaceAfter = (others: number, key: keyof typeof OTHER) => {
    let gets = 0;
    const replace = after(() => bucket.put(key, OTHER[key]));
    proxy.fault = (asked) => (isGet(asked) && gets++ === others ? replace : undefined);
  };
  beforeEach(async () => {
    for (const size of SIZES) await bucket.put(size, CONTENTS[size]);
  });

  test.each([
    ['large', 'between two ranges', 1],
    ['large', 'between two ranges, late', 2],
    ['large', 'after the listing', 0],
    ['small', 'after the listing', 0],
  ] as const)('%s, %s: no versions are mixed, and the old file stays', async (size, _, others) => {
    replaceAfter(others, size);
    await expect(world.download(size)).rejects.toThrow(TransferMismatch);
    expect(world.found().toString()).toBe('old');
    expect(world.names()).toEqual(['file']);
  });

  test('after a broken body: the download does not continue', async () => {
    let gets = 0;
    const breakOff: Fault = async (ask, response) => {
      const { status, headers, body } = await ask();
      await bucket.put('small', OTHER.small);
      response.writeHead(status, headers);
      response.write(body.subarray(0, 3_000), () => response.destroy());
    };
    proxy.fault = (asked) => (isGet(asked) && gets++ === 0 ? breakOff : undefined);
    await expect(world.download('small')).rejects.toThrow(TransferMismatch);
    expect(world.found().toString()).toBe('old');
  });

  test('before a copy within S3: it is not copied', async () => {
    const store = world.s3();
    const listed = await store.stat(object('small'));
    await bucket.put('small', OTHER.small);
    const copy = store.copyFrom(store, object('small'), listed!, object('copy'), world.signal);
    await expect(copy).rejects.toThrow(TransferMismatch);
    expect(await bucket.get('copy')).toBeUndefined();
  });
});

describe('altered bytes', () => {
  test('from S3 are noticed in a whole object, by its checksum', async () => {
    await bucket.put('small', CONTENTS.small);
    proxy.fault = (asked) => (isGet(asked) ? alterAnswer : undefined);
    await expect(world.download('small')).rejects.toThrow("do not match S3's checksum");
    expect(world.found().toString()).toBe('old');
    expect(world.names()).toEqual(['file']);
  });

  test('from S3 are not noticed in a range: S3 has no checksum of a range, and only TLS protects it', async () => {
    await bucket.put('large', CONTENTS.large);
    proxy.fault = first(1, isGet, alterAnswer);
    await world.download('large');
    expect(world.found()).toHaveLength(CONTENTS.large.length);
    expect(world.found().equals(CONTENTS.large)).toBe(false);
  });

  describe.each(SIZES)('to S3, of a %s file', (size) => {
    beforeEach(async () => {
      world.hold(CONTENTS[size]);
      await bucket.put('up', Buffer.from('old'));
    });

    test('are refused by S3 and sent again', async () => {
      proxy.fault = first(1, isPut, alterRequest);
      await world.upload('up');
      expect((await bucket.get('up'))?.equals(CONTENTS[size])).toBe(true);
    });

    test('of every attempt never appear', async () => {
      proxy.fault = (asked) => (isPut(asked) ? alterRequest : undefined);
      await expect(world.upload('up')).rejects.toMatchObject({ name: 'BadDigest' });
      expect((await bucket.get('up'))?.toString()).toBe('old');
      expect(await bucket.pendingUploads()).toBe(0);
    });
  });
});
