import fc from 'fast-check';
import {
  isMarked,
  marksFiles,
  readMark,
  removeMark,
  writeMark,
} from '../../../src/transfer/finish/moved-mark';
import { isMoveMark } from '../../../src/transfer/reserved';
import { listSource } from '../../../src/transfer/source';
import type { StoredFile } from '../../../src/transfer/store';
import type { Transfer } from '../../../src/transfer/transfer';
import { syncRequest } from '../folders';
import { MemoryStore } from '../memory/store';

const { signal } = new AbortController();
const FILES: StoredFile[] = ['a', 'b/c', 'b/d', 'e'].map((key, size) => ({ key, size, version: `v-${key}` }));

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

function transferOf(destination_path = 's3://bucket/out/', files = FILES): Transfer {
  const request = syncRequest({ source_path: 's3://bucket/in/', destination_path });
  const { sourcePath: from, destinationPath: to } = request;
  return { request, source: store, target: store, from, to, files, isFolder: true };
}

async function markOf(files: StoredFile[]): Promise<Buffer> {
  const transfer = transferOf('s3://bucket/out/', files);
  await writeMark(transfer, signal);
  return (await readMark(transfer, signal))!;
}

test('a mark is written, read and removed', async () => {
  const transfer = transferOf();
  expect(await isMarked(transfer)).toBe(false);
  expect(await readMark(transfer, signal)).toBeUndefined();
  await writeMark(transfer, signal);
  expect(await isMarked(transfer)).toBe(true);
  expect((await readMark(transfer, signal))?.length).toBe(8 * FILES.length);
  await removeMark(transfer);
  expect(await isMarked(transfer)).toBe(false);
});

test('a mark is in the source folder, and the listing of its transfer leaves it out', async () => {
  const { request, to } = transferOf();
  await writeMark(transferOf(), signal);
  const [uri = ''] = store.objects.keys();
  expect(uri).toMatch(/^s3:\/\/bucket\/in\/[^/]+$/);
  expect(isMoveMark(uri.slice('s3://bucket/in/'.length), to)).toBe(true);
  const files = await listSource(
    { ...request, failIfMissing: false },
    { stores: { open: () => store }, signal },
  );
  expect(files).toEqual([]);
});

test.each([
  ['of another content', 'a file of a job'],
  ['that is empty', ''],
  ['that is shorter than a mark', 'move'],
])('a file %s with the name of the mark is refused by its name', async (_, content) => {
  await writeMark(transferOf(), signal);
  const [uri = ''] = store.objects.keys();
  store.objects.set(uri, Buffer.from(content));
  await expect(readMark(transferOf(), signal)).rejects.toThrow(
    `"${uri.slice('s3://bucket/in/'.length)}" has a name of the service's own files`,
  );
});

test('each destination has its own mark', async () => {
  await writeMark(transferOf('s3://bucket/out/'), signal);
  expect(await isMarked(transferOf('s3://bucket/other/'))).toBe(false);
});

test('a mark fits every rest of its files', async () => {
  const mark = await markOf(FILES);
  fc.assert(fc.property(fc.subarray(FILES), (rest) => expect(marksFiles(mark, rest)).toBe(true)));
});

test.each<[string, StoredFile[]]>([
  ['a new file', [...FILES, { key: 'f', size: 1, version: 'v-f' }]],
  ['a new file between its files', [FILES[0]!, { key: 'b/b', size: 1, version: 'v' }, FILES[3]!]],
  ['a file with another version', [FILES[0]!, { ...FILES[1]!, version: 'v2' }]],
  ['a file with another size', [{ ...FILES[3]!, size: 99 }]],
])('a mark does not fit %s', async (_, files) => {
  expect(marksFiles(await markOf(FILES), files)).toBe(false);
});

test('a mark that was cut short does not fit the files at its end', async () => {
  const mark = await markOf(FILES);
  const short = mark.subarray(0, mark.length - 8);
  expect(marksFiles(short, FILES.slice(0, 3))).toBe(true);
  expect(marksFiles(short, FILES)).toBe(false);
  expect(marksFiles(Buffer.alloc(0), FILES)).toBe(false);
});
