import { S3Entries } from '../../../src/adapters/s3/s3-entries';
import { UnsafePath } from '../../../src/errors';
import type { PathEntry } from '../../../src/paths/entries';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { s3Location } from '../../../src/transfer/schemes/s3';
import { MOTO } from '../../api/endpoint';
import { clientOf, useBucket } from './s3-world';

const bucket = useBucket();
const KEYS = ['run1/a', 'run1/', 'run10/a', 'run1b', 'single'];
const { signal } = new AbortController();

async function list(key: string, stop = signal): Promise<PathEntry[]> {
  const found: PathEntry[] = [];
  const entries = new S3Entries(clientOf(MOTO.endpoint()));
  for await (const entry of entries.list(s3Location(bucket.name, key), stop)) found.push(entry);
  return found;
}

beforeAll(async () => {
  for (const key of KEYS) await bucket.put(key, Buffer.from(key));
});

test.each([
  ['run1', ['', 'a']],
  ['run1/', ['', 'a']],
  ['run', []],
  ['single', ['']],
  ['', [...KEYS].sort()],
])('the entries of "%s" are %j: whole names, folder markers included', async (key, expected) => {
  expect((await list(key)).map((entry) => entry.key)).toEqual(expected);
});

test('objects have sizes, and times in microseconds', async () => {
  const [entry] = await list('single');
  expect(entry).toMatchObject({ key: '', size: 6 });
  expect(Math.abs((entry?.modified ?? 0) / 1_000 - Date.now())).toBeLessThan(600_000);
});

test('an abort ends the listing', async () => {
  await expect(list('run1', AbortSignal.abort())).rejects.toThrow();
});

test('a location outside of S3 is refused', async () => {
  const entries = new S3Entries(clientOf(MOTO.endpoint())).list(localLocation('/a'), signal);
  await expect(entries[Symbol.asyncIterator]().next()).rejects.toThrow(UnsafePath);
});
