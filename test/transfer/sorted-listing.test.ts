import fc from 'fast-check';
import { compareKeys } from '../../src/transfer/keys';
import { SortedListing } from '../../src/transfer/sorted-listing';
import type { StoredFile } from '../../src/transfer/store';

const fileOf = (key: string): StoredFile => ({ key, size: key.length });

/** Pages of a listing, which record how far they are read. */
function pagesOf(pages: readonly (readonly string[])[]) {
  const read = { pages: 0, isClosed: false };
  async function* all() {
    try {
      for (const page of pages) {
        read.pages++;
        yield page.map(fileOf);
      }
    } finally {
      read.isClosed = true;
    }
  }
  return { listing: new SortedListing(all()), read };
}

const find = async (listing: SortedListing, keys: readonly string[]) => {
  const found: (string | undefined)[] = [];
  for (const key of keys) found.push((await listing.find(key))?.key);
  return found;
};

test('sorted keys are found in any listing, whatever its pages', async () => {
  const name = fc.string({ maxLength: 2, unit: fc.constantFrom('a', 'b', '-', '\uFF5E', '\u{1F600}') });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name),
      fc.uniqueArray(name),
      fc.integer({ min: 1, max: 4 }),
      async (listed, wanted, pageSize) => {
        const sorted = listed.toSorted(compareKeys);
        const pages: string[][] = [];
        for (let at = 0; at < sorted.length; at += pageSize) pages.push(sorted.slice(at, at + pageSize));
        const keys = wanted.toSorted(compareKeys);
        expect(await find(pagesOf(pages).listing, keys)).toEqual(
          keys.map((key) => (listed.includes(key) ? key : undefined)),
        );
      },
    ),
  );
});

test('a key is found again by the next call', async () => {
  const { listing } = pagesOf([['a', 'b']]);
  expect(await find(listing, ['b', 'b'])).toEqual(['b', 'b']);
});

test('pages are read as far as a key needs', async () => {
  const { listing, read } = pagesOf([['a'], ['c'], ['e']]);
  await listing.find('b');
  expect(read).toEqual({ pages: 2, isClosed: false });
  await listing.close();
  expect(read).toEqual({ pages: 2, isClosed: true });
});
