import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { placeNow, refuseOtherSize, writeRanges, writeStream } from '../../../src/adapters/files/file-write';
import { TransferMismatch } from '../../../src/errors';
import { harvest, plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const path = () => join(folder.path, 'a');
const { signal } = new AbortController();

async function withFile(task: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path(), 'w');
  try {
    await task(handle);
  } finally {
    await handle.close();
  }
}

const contentOf = (size: number) => Buffer.from(Array.from({ length: size }, (_, index) => index % 251));

describe('a stream', () => {
  const write = (chunks: readonly Buffer[], size: number, until = signal) =>
    withFile((handle) => writeStream(handle, Readable.from(chunks), size, { path: 'a', signal: until }));

  test('of any chunks is written whole', async () => {
    const sizes = fc.array(
      fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 60_000, max: 300_000 })),
      {
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const chunks = lengths.map(contentOf);
        const whole = Buffer.concat(chunks);
        await write(chunks, whole.length);
        expect(readFileSync(path()).equals(whole)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['fewer', 6, 'a: 5 bytes arrived instead of the 6 listed ones'],
    ['more', 4, 'a: more bytes arrived instead of the 4 listed ones'],
  ])('with %s bytes than its size is refused', async (_, size, message) => {
    await expect(write([contentOf(5)], size)).rejects.toThrow(TransferMismatch);
    await expect(write([contentOf(5)], size)).rejects.toThrow(message);
  });

  test('ends after an abort', async () => {
    await expect(write([contentOf(5)], 5, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow(
      'cancelled',
    );
  });

  test('whose write fails has the error of the write', async () => {
    const handle = { writev: () => Promise.reject(new Error('ENOSPC')) } as unknown as FileHandle;
    const content = Readable.from([contentOf(200_000), contentOf(200_000)]);
    await expect(writeStream(handle, content, 400_000, { path: 'a', signal })).rejects.toThrow('ENOSPC');
  });

  test('is whole when the kernel writes fewer bytes than given', async () => {
    await withFile(async (handle) => {
      const short = Object.assign(Object.create(handle), {
        writev: (buffers: readonly Buffer[], position: number) =>
          handle.write(Buffer.concat(buffers), 0, 7, position),
        write: (buffer: Buffer, offset: number, length: number, position: number) =>
          handle.write(buffer, offset, Math.min(length, 50_000), position),
      });
      await writeStream(short, Readable.from([contentOf(150_000)]), 150_000, { path: 'a', signal });
    });
    expect(readFileSync(path()).equals(contentOf(150_000))).toBe(true);
  });
});

describe('ranges', () => {
  const whole = contentOf(1000);
  const rangesOf = (bytes: number, read = whole) => ({
    ranges: { bytes, atOnce: 3 },
    async *read({ from, to }: { from: number; to: number }) {
      for (let at = from; at < to; at += 30) yield read.subarray(at, Math.min(at + 30, to));
    },
  });

  test.each([
    ['all', 0, 1000, 100],
    ['one', 0, 1000, 5000],
    ['some, with a short last range', 300, 1000, 90],
  ])('are written to their positions: %s', async (_, from, to, bytes) => {
    const told: number[] = [];
    await withFile((handle) =>
      writeRanges(handle, { from, to, ...rangesOf(bytes) }, { path: 'a', signal }, (more) => told.push(more)),
    );
    expect(readFileSync(path()).subarray(from).equals(whole.subarray(from, to))).toBe(true);
    expect(told.reduce((sum, each) => sum + each, 0)).toBe(to - from);
  });

  test('that are too short are refused', async () => {
    const content = { from: 0, to: 1000, ...rangesOf(100, whole.subarray(0, 950)) };
    const written = withFile((handle) =>
      writeRanges(handle, content, { path: 'a', signal }, () => undefined),
    );
    await expect(written).rejects.toThrow('a: 50 bytes arrived instead of the 100 listed ones');
  });

  test('that are too long are refused', async () => {
    const content = { from: 0, to: 50, ranges: { bytes: 50, atOnce: 1 }, read: () => Readable.from([whole]) };
    const written = withFile((handle) =>
      writeRanges(handle, content, { path: 'a', signal }, () => undefined),
    );
    await expect(written).rejects.toThrow('a: more bytes arrived instead of the 50 listed ones');
  });
});

describe('a file that is placed at once', () => {
  const place = (finish?: () => void) =>
    placeNow(
      join(folder.path, 'new/a'),
      join(folder.path, 'new/.part'),
      Buffer.from('content'),
      true,
      finish,
    );

  test('replaces the old file, and makes its folder', () => {
    place();
    expect(harvest(folder.path)).toEqual({ 'new/a': 'content' });
    plant(folder.path, { 'new/a': 'older' });
    place();
    expect(harvest(folder.path)).toEqual({ 'new/a': 'content' });
  });

  test('is finished before it has its name', () => {
    place(() => expect(existsSync(join(folder.path, 'new/a'))).toBe(false));
    expect(harvest(folder.path)).toEqual({ 'new/a': 'content' });
  });

  test('leaves the old file and no other after a failure', () => {
    plant(folder.path, { 'new/a': 'older' });
    const fail = () => {
      throw new Error('EIO');
    };
    expect(() => place(fail)).toThrow('EIO');
    expect(readdirSync(join(folder.path, 'new'))).toEqual(['a']);
    expect(harvest(folder.path)).toEqual({ 'new/a': 'older' });
  });

  test('does not write into an existing temporary file', () => {
    plant(folder.path, { 'new/.part': 'other' });
    expect(() => place()).toThrow('EEXIST');
  });
});

test('the expected number of bytes passes', () => {
  expect(() => refuseOtherSize(5, 5, 'a')).not.toThrow();
});
