import { parseLocation } from '../../src/transfer/location';
import { pagesOf, type Store, type StoredFile } from '../../src/transfer/store';

const A = { key: 'a', size: 1 };
const B = { key: 'b', size: 2 };
const { signal } = new AbortController();
const location = parseLocation('/data');

async function readPages(store: Partial<Store>) {
  const pages: (readonly StoredFile[])[] = [];
  for await (const page of pagesOf(store as Store, location, signal, { after: '0' })) pages.push(page);
  return pages;
}

test('a store without pages is listed in pages of one file', async () => {
  const list = jest.fn(async function* () {
    yield A;
    yield B;
  });
  expect(await readPages({ list })).toEqual([[A], [B]]);
  expect(list).toHaveBeenCalledWith(location, signal, { after: '0' });
});

test('a store with pages is listed in its own pages', async () => {
  const list = jest.fn();
  const listPages = jest.fn(async function* () {
    yield [A, B];
  });
  expect(await readPages({ list, listPages })).toEqual([[A, B]]);
  expect(listPages).toHaveBeenCalledWith(location, signal, { after: '0' });
  expect(list).not.toHaveBeenCalled();
});
