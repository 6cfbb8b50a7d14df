/** Tests for the contract of all stores. */
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import fc from 'fast-check';
import { TransferMismatch } from '../../src/errors';
import { compareKeys, isInRange, type KeyRange } from '../../src/transfer/keys';
import { asFolder, joinLocation, type Location } from '../../src/transfer/location';
import type { Store, StoredFile } from '../../src/transfer/store';

export interface StoreUnderTest {
  readonly store: Store;
  /** An empty folder for this test alone, without a slash at its end. */
  readonly base: Location;
}

const signal = new AbortController().signal;

export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the store contract over ${name}`, () => {
    let store: Store;
    let base: Location;

    beforeEach(async () => {
      ({ store, base } = await open());
    });

    const at = (key: string) => joinLocation(base, key);
    const put = (key: string, content: string) =>
      store.write(at(key), Readable.from([Buffer.from(content)]), Buffer.byteLength(content), signal);
    const list = async (location: Location, range?: KeyRange) => {
      const files: StoredFile[] = [];
      for await (const file of store.list(location, signal, range)) files.push(file);
      return files;
    };
    const keysAt = async (location: Location, range?: KeyRange) =>
      (await list(location, range)).map((file) => file.key);
    const get = async (key: string) => {
      const file = await store.stat(at(key));
      return file === undefined ? undefined : text(store.read(at(key), file, signal));
    };

    test('reads a written file, also after a second write', async () => {
      await put('a/b.txt', 'first');
      await put('a/b.txt', 'second one');
      expect(await get('a/b.txt')).toBe('second one');
      expect(await store.stat(at('a/b.txt'))).toMatchObject({ key: '', size: 10 });
    });

    test('stores an empty file', async () => {
      await put('empty', '');
      expect(await get('empty')).toBe('');
    });

    test('stores every byte of a file of 20 MB', async () => {
      const content = Buffer.alloc(20_000_003, 'some bytes of an odd count ');
      await store.write(at('large'), Readable.from(chunksOf(content, 700_001)), content.length, signal);
      const file = (await store.stat(at('large')))!;
      expect((await buffer(store.read(at('large'), file, signal))).equals(content)).toBe(true);
    });

    test('lists files below a folder in byte order', async () => {
      for (const key of ['b', 'a/z', 'a-b', 'a/y/1', 'a.', '\u{1F600}', '\uFF5E']) await put(key, key);
      const keys = await keysAt(base);
      expect(keys).toEqual(['a-b', 'a.', 'a/y/1', 'a/z', 'b', '\uFF5E', '\u{1F600}']);
      expect(await keysAt(asFolder(base))).toEqual(keys);
    });

    test('a listing of run1 has no files of run10 or run1b', async () => {
      await put('run1/a', '1');
      await put('run10/a', '1');
      await put('run1b', '1');
      expect(await keysAt(at('run1'))).toEqual(['a']);
    });

    test('lists a file with an empty key, and lists nothing for its name with a slash', async () => {
      await put('one.txt', '1');
      expect(await list(at('one.txt'))).toMatchObject([{ key: '', size: 1 }]);
      expect(await list(at('one.txt/'))).toEqual([]);
      expect(await store.stat(at('one.txt/'))).toBeUndefined();
    });

    test('an absent location has no file, is listed as empty and can be removed', async () => {
      expect(await list(at('absent'))).toEqual([]);
      expect(await store.stat(at('absent'))).toBeUndefined();
      expect(await store.exists(at('absent'))).toBe(false);
      await expect(store.remove(at('absent'))).resolves.toBeUndefined();
    });

    test('a folder and a file exist', async () => {
      await put('a/b', '1');
      expect(await store.exists(at('a'))).toBe(true);
      expect(await store.exists(at('a/'))).toBe(true);
      expect(await store.exists(at('a/b'))).toBe(true);
    });

    test('removes one file and keeps the other files', async () => {
      await put('a/b', '1');
      await put('a/c', '1');
      await store.remove(at('a/b'));
      expect(await keysAt(base)).toEqual(['a/c']);
    });

    test.each([
      ['fewer', 6],
      ['more', 4],
    ])('refuses %s bytes than the announced size, and keeps the old file', async (_, size) => {
      await put('a', 'old');
      const write = store.write(at('a'), Readable.from([Buffer.from('12345')]), size, signal);
      await expect(write).rejects.toThrow(TransferMismatch);
      expect(await get('a')).toBe('old');
      expect(await keysAt(base)).toEqual(['a']);
    });

    test('keeps the old file when the stream of the content fails', async () => {
      await put('a', 'old');
      const broken = Readable.from(breakAfter('new'));
      await expect(store.write(at('a'), broken, 6, signal)).rejects.toThrow('broken off');
      expect(await get('a')).toBe('old');
      expect(await keysAt(base)).toEqual(['a']);
    });

    test('refuses to read a file that was replaced or removed after the listing', async () => {
      await put('a', 'listed');
      const listed = (await list(at('a')))[0]!;
      await put('a', 'later.');
      await expect(text(store.read(at('a'), listed, signal))).rejects.toThrow(TransferMismatch);
      await store.remove(at('a'));
      await expect(text(store.read(at('a'), listed, signal))).rejects.toThrow(TransferMismatch);
    });

    test('an aborted signal stops a write, a read and a listing', async () => {
      await put('a', 'content');
      const file = (await store.stat(at('a')))!;
      const aborted = AbortSignal.abort(new Error('told to stop'));
      const write = store.write(at('b'), Readable.from([Buffer.from('1')]), 1, aborted);
      await expect(write).rejects.toThrow();
      await expect(text(store.read(at('a'), file, aborted))).rejects.toThrow();
      await expect(store.list(base, aborted)[Symbol.asyncIterator]().next()).rejects.toThrow();
      expect(await keysAt(base)).toEqual(['a']);
    });

    test('a listing tells a file with the name of a half-written one, which must not be read', async () => {
      await put('a', '1');
      await put('in/.0123456789ab.00ff.partial', '1');
      expect(await list(base)).toEqual([
        expect.objectContaining({ key: 'a', size: 1 }),
        {
          key: 'in/.0123456789ab.00ff.partial',
          size: 0,
          unsafe: "has a name of the service's own files",
          isReserved: true,
        },
      ]);
    });

    test('copyFrom copies a whole file within the store, or nothing', async () => {
      await put('a', 'content');
      const file = (await list(at('a')))[0]!;
      let bytes = 0;
      const count = (more: number) => {
        bytes += more;
      };
      const isDone = await store.copyFrom?.(store, at('a'), file, at('copies/a'), signal, count);
      expect(bytes).toBeLessThanOrEqual(file.size);
      if (isDone) expect(await get('copies/a')).toBe('content');
      else expect(await get('copies/a')).toBeUndefined();
    });

    test('lists a range of keys', async () => {
      for (const key of ['a', 'b/c', 'b/d/e', 'b-', 'f', 'g/h']) await put(key, key);
      expect(await keysAt(base, { after: 'b-', upTo: 'b/d/e' })).toEqual(['b/c', 'b/d/e']);
      expect(await keysAt(base, { after: 'b/c/x', upTo: 'g' })).toEqual(['b/d/e', 'f']);
      expect(await keysAt(base, { after: 'g/h' })).toEqual([]);
      expect(await keysAt(base, { upTo: 'a' })).toEqual(['a']);
    });

    test('lists any set of keys completely and in order, and any range of keys', async () => {
      const name = fc.string({
        unit: fc.constantFrom('a', 'b', '-', '.x', '~', 'é', '\u{1F600}'),
        minLength: 1,
      });
      const key = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
      let round = 0;
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(key, { maxLength: 8 }), key, key, async (given, after, upTo) => {
          const keys = given.filter((one) => !given.some((other) => other.startsWith(`${one}/`)));
          const folder = at(`round-${round++}`);
          for (const each of keys)
            await store.write(joinLocation(folder, each), Readable.from([Buffer.from('1')]), 1, signal);
          const sorted = keys.toSorted(compareKeys);
          expect(await keysAt(folder)).toEqual(sorted);
          const inRange = sorted.filter((each) => isInRange(each, { after, upTo }));
          expect(await keysAt(folder, { after, upTo })).toEqual(inRange);
        }),
        { numRuns: 15 },
      );
    });
  });
}

function* chunksOf(content: Buffer, size: number): Generator<Buffer> {
  for (let from = 0; from < content.length; from += size) yield content.subarray(from, from + size);
}

async function* breakAfter(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content);
  throw new Error('broken off');
}
