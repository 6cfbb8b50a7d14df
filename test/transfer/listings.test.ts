import { setTimeout } from 'node:timers/promises';
import { type Listings, listSourceAndDestination } from '../../src/transfer/listings';
import type { Location } from '../../src/transfer/location';
import { S3 } from '../../src/transfer/schemes/s3';
import type { Store, StoredFile } from '../../src/transfer/store';
import { syncRequest } from './folders';

const signal = new AbortController().signal;
const A: StoredFile = { key: 'a', size: 1 };
const B: StoredFile = { key: 'b', size: 1 };

/** A source in S3 whose listing waits after the first file, and a destination that records each start of a listing. */
function sidesOf(first: StoredFile, middle: () => Promise<void>) {
  const asked: AbortSignal[] = [];
  const source: Partial<Store> = {
    async *list() {
      yield first;
      await middle();
      yield B;
    },
  };
  const target: Partial<Store> = {
    async *list(_: Location, inner: AbortSignal) {
      asked.push(inner);
      yield A;
    },
  };
  const stores = { open: ({ scheme }: Location) => (scheme === S3 ? source : target) as Store };
  return { asked, stores };
}

const list = (stores: { open(location: Location): Store }, fields = {}): Promise<Listings> =>
  listSourceAndDestination(
    syncRequest({ source_path: 's3://bucket/in', destination_path: '/efs/out', ...fields }),
    {
      stores,
      signal,
    },
  );

test('the destination is listed at the same time as the source', async () => {
  const { asked, stores } = sidesOf(A, async () => {
    while (asked.length === 0) await setTimeout(1);
  });
  const { files, existing } = await list(stores);
  expect(files).toEqual([A, B]);
  expect([...((await existing)?.keys() ?? [])]).toEqual(['a']);
});

test.each([
  ['under a lease, which another writer may still hold', A, { require_lock: true }],
  ['for a source that is a file', { key: '', size: 1 }, {}],
  ['for a transfer that neither compares nor removes files', A, { force: true, delete: false }],
])('the destination is not listed together with the source %s', async (_, first, fields) => {
  const { asked, stores } = sidesOf(first, () => setTimeout(5));
  expect((await list(stores, fields)).existing).toBeUndefined();
  expect(asked).toEqual([]);
});

test('a failure of the listing of the destination rejects its own promise only', async () => {
  const { stores } = sidesOf(A, () => setTimeout(5));
  const failing = {
    open: (location: Location) => {
      if (location.scheme !== S3) throw new Error('not mounted');
      return stores.open(location);
    },
  };
  const { files, existing } = await list(failing);
  expect(files).toHaveLength(2);
  await expect(existing).rejects.toThrow('not mounted');
});
