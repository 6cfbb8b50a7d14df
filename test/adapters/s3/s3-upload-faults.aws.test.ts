/** After every fault of an upload the object is complete or unchanged, and no part stays in S3. */
import { TransferMismatch } from '../../../src/errors';
import { S3_SERVERS } from '../../api/endpoint';
import { after, type Fault, first, refuse } from './fault-proxy';
import { CONTENTS, isAbort, isComplete, isPut, MIB, SIZES, useFaultWorld } from './fault-world';

describe.each(S3_SERVERS)('to $name', (server) => {
  const world = useFaultWorld(server);
  const { bucket, proxy, upload } = world;
  const passing: readonly [string, number, Fault][] = [
    ['503 SlowDown', 5, refuse(503, 'SlowDown')],
    ['500', 2, refuse(500, 'InternalError')],
    ['a reset', 2, (_, response) => void response.destroy()],
    [
      'a reset after the object was stored',
      1,
      async (ask, response) => {
        await ask();
        response.destroy();
      },
    ],
  ];

  describe.each(SIZES)('a %s file', (size) => {
    const key = `up-${size}`;
    beforeEach(async () => {
      world.hold(CONTENTS[size]);
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
      const listed = await world.files().stat(world.file());
      world.hold(Buffer.concat([CONTENTS[size], Buffer.from('more')]));
      const copy = world.s3().copyFrom(world.files(), world.file(), listed!, world.object(key), world.signal);
      await expect(copy).rejects.toThrow(TransferMismatch);
      expect((await bucket.get(key))?.toString()).toBe('old');
      expect(await bucket.pendingUploads()).toBe(0);
    });
  });

  describe('in parts', () => {
    beforeEach(async () => {
      world.hold(CONTENTS.large);
      await bucket.put('parts', Buffer.from('old'));
    });
    test('an error in the 200 of the completion', async () => {
      proxy.fault = (asked) => (isComplete(asked) ? refuse(200, 'InternalError') : undefined);
      await expect(upload('parts')).rejects.toMatchObject({ name: 'InternalError' });
      expect((await bucket.get('parts'))?.toString()).toBe('old');
      expect(await bucket.pendingUploads()).toBe(0);
    });

    test('a transient error in the 200 of the completion', async () => {
      proxy.fault = first(1, isComplete, refuse(200, 'InternalError'));
      await upload('parts', 3);
      expect((await bucket.get('parts'))?.equals(CONTENTS.large)).toBe(true);
    });

    test('a file that changes during the upload', async () => {
      const grow = async () => world.hold(Buffer.alloc(18 * MIB));
      proxy.fault = first(1, isPut, after(grow));
      await expect(upload('parts')).rejects.toThrow(TransferMismatch);
      expect((await bucket.get('parts'))?.toString()).toBe('old');
      expect(await bucket.pendingUploads()).toBe(0);
    });

    test('an abort keeps the old object, and no part', async () => {
      const stop = new AbortController();
      // The proxy holds all parts back: a part that arrives after the abort is up to the server.
      const stopHere: Fault = (_, response) => {
        stop.abort(new Error('enough'));
        response.destroy();
      };
      proxy.fault = (asked) => (isPut(asked) ? stopHere : undefined);
      await expect(upload('parts', 1, stop.signal)).rejects.toThrow('enough');
      expect((await bucket.get('parts'))?.toString()).toBe('old');
      expect(await bucket.pendingUploads()).toBe(0);
    });

    test('parts are removed also when S3 fails at first', async () => {
      const [denied, busy] = [refuse(403, 'AccessDenied'), first(2, isAbort, refuse(500, 'InternalError'))];
      proxy.fault = (asked, index) => (isPut(asked) ? denied : busy(asked, index));
      await expect(upload('parts')).rejects.toMatchObject({ name: 'AccessDenied' });
      expect(await bucket.pendingUploads()).toBe(0);
    });

    test('a shared upload is removed also when S3 fails at first', async () => {
      const { assembler } = world.s3();
      const id = await assembler.begin(world.object('shared'));
      expect(await bucket.pendingUploads()).toBe(1);
      proxy.fault = first(2, isAbort, refuse(500, 'InternalError'));
      await assembler.abandon(world.object('shared'), id);
      expect(await bucket.pendingUploads()).toBe(0);
    });

    test('a failed removal of an upload is an error', async () => {
      const { assembler } = world.s3();
      const id = await assembler.begin(world.object('kept'));
      proxy.fault = (asked) => (isAbort(asked) ? refuse(403, 'AccessDenied') : undefined);
      await expect(assembler.abandon(world.object('kept'), id)).rejects.toMatchObject({
        name: 'AccessDenied',
      });
      proxy.fault = () => undefined;
      await assembler.abandon(world.object('kept'), id);
    });

    test('each part has its checksum, and the signature covers it', async () => {
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
