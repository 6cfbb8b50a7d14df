import { readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPositioned, readChunks, readNow } from '../../../src/adapters/files/file-read';
import { versionOf } from '../../../src/adapters/files/file-walk';
import { TransferMismatch, UnsafePath } from '../../../src/errors';
import type { StoredFile } from '../../../src/transfer/store';
import { useFolder } from '../../transfer/folders';

const folder = useFolder();
const SIZE = 3 * 1024 ** 2 + 5;
const CONTENT = Buffer.alloc(SIZE, 'some bytes of an odd count ');
const path = () => join(folder.path, 'a');
const { signal } = new AbortController();

let listed: StoredFile;
beforeEach(() => {
  writeFileSync(path(), CONTENT);
  listed = listedNow();
});

function listedNow(): StoredFile {
  const stats = statSync(path());
  return { key: '', size: stats.size, version: versionOf(stats) };
}

/** The three ways to read a whole file. */
const WAYS: readonly (readonly [string, (file: StoredFile, from?: string) => Promise<Buffer>])[] = [
  [
    'in chunks',
    async (file, from = path()) => {
      const chunks: Buffer[] = [];
      for await (const chunk of readChunks(from, file, signal)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  ],
  [
    'at positions',
    async (file, from = path()) => {
      const opened = await openPositioned(from, file);
      try {
        const [first, rest] = [Buffer.alloc(5), Buffer.alloc(file.size - 5)];
        await opened.read(rest, 5);
        await opened.read(first, 0);
        await opened.verify();
        return Buffer.concat([first, rest]);
      } finally {
        await opened.close();
      }
    },
  ],
  [
    'synchronously',
    async (file, from = path()) => {
      const content = Buffer.alloc(file.size);
      readNow(from, file, content);
      return content;
    },
  ],
];

describe.each(WAYS)('a file that is read %s', (_, read) => {
  test('has all its bytes', async () => {
    expect((await read(listed)).equals(CONTENT)).toBe(true);
  });

  test('is read without a check if its listing has no version', async () => {
    writeFileSync(path(), Buffer.alloc(SIZE, 'x'));
    expect((await read({ key: '', size: SIZE })).equals(readFileSync(path()))).toBe(true);
  });

  test.each<[string, () => void]>([
    ['was written to', () => writeFileSync(path(), Buffer.alloc(SIZE, 'x'))],
    ['was replaced', () => replace(Buffer.alloc(SIZE, 'x'))],
    ['is shorter', () => truncateSync(path(), SIZE - 6)],
    ['is longer', () => writeFileSync(path(), Buffer.alloc(SIZE + 1))],
    ['was removed', () => rmSync(path())],
  ])('is refused if it %s since the listing', async (_change, change) => {
    change();
    await expect(read(listed)).rejects.toThrow(TransferMismatch);
  });

  test('is refused as a path if its name is too long', async () => {
    await expect(read(listed, join(folder.path, 'x'.repeat(256)))).rejects.toThrow(UnsafePath);
  });
});

function replace(content: Buffer): void {
  writeFileSync(`${path()}.new`, content);
  renameSync(`${path()}.new`, path());
}

test('a file that is read at positions is verified on request', async () => {
  const opened = await openPositioned(path(), listed);
  await opened.verify();
  writeFileSync(path(), 'x');
  await expect(opened.verify()).rejects.toThrow(TransferMismatch);
  await opened.close();
});

test('a file shorter than a read names both sizes', async () => {
  truncateSync(path(), 3);
  const opened = await openPositioned(path(), { key: '', size: SIZE });
  const read = opened.read(Buffer.alloc(SIZE), 0);
  await expect(read).rejects.toThrow(`a has 3 bytes instead of the ${SIZE} listed ones`);
  await opened.close();
});

test('an abort ends the chunks', async () => {
  const stop = new AbortController();
  const chunks = readChunks(path(), listed, stop.signal);
  expect((await chunks.next()).value).toHaveLength(1024 ** 2);
  stop.abort(new Error('cancelled'));
  await expect(chunks.next()).rejects.toThrow('cancelled');
});

test('an empty file has no chunks', async () => {
  writeFileSync(path(), '');
  expect(await readChunks(path(), listedNow(), signal).next()).toMatchObject({ done: true });
});
