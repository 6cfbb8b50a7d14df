import fc from 'fast-check';
import { RangedListing } from '../../../src/adapters/s3/s3-ranges';
import { compareKeys, isInRange, type KeyRange } from '../../../src/transfer/keys';
import { fakeListing } from './fake-listing';

async function list(keys: readonly string[], pageSize: number, failAt?: number, range?: KeyRange) {
  const { request, asked } = fakeListing(keys, pageSize, failAt);
  const found: string[] = [];
  for await (const page of new RangedListing('p/', request, range).pages())
    found.push(...page.map(({ key }) => key));
  return { found, asked };
}

function tree(folders: number, files: number): string[] {
  return Array.from({ length: folders * files }, (_, index) => `p/${Math.floor(index / files)}/${index}`);
}

const name = fc.string({
  unit: fc.constantFrom('a', 'b', '-', '0', '\uFF5E', '\u{1F600}'),
  minLength: 1,
  maxLength: 3,
});
/** Keys, some of them of folder markers as consoles make them. */
const key = fc
  .tuple(fc.array(name, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '', '/'))
  .map(([names, end]) => `p/${names.join('/')}${end}`);

test('any keys are listed as in one flat listing: in order, each once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 200 }),
      fc.integer({ min: 1, max: 7 }),
      async (keys, pageSize) => {
        const { found } = await list(keys, pageSize);
        expect(found).toEqual(keys.toSorted(compareKeys));
      },
    ),
    { numRuns: 300 },
  );
});

test('any range of any keys is listed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(key, { maxLength: 100 }), key, key, async (keys, one, other) => {
      const range = { after: one.slice(2), upTo: other.slice(2) };
      const { found } = await list(keys, 3, undefined, range);
      expect(found).toEqual(keys.toSorted(compareKeys).filter((each) => isInRange(each.slice(2), range)));
    }),
    { numRuns: 200 },
  );
});

test('any failed page fails the listing', async () => {
  const keys = tree(20, 10);
  const { asked } = await list(keys, 5);
  for (let failAt = 0; failAt < asked.length; failAt += 3)
    await expect(list(keys, 5, failAt)).rejects.toThrow('SlowDown');
});

test('large folders are listed concurrently', async () => {
  const { found, asked } = await list(tree(30, 100), 10);
  expect(found).toHaveLength(3000);
  expect(Math.max(...asked.map(({ atOnce }) => atOnce))).toBeGreaterThan(10);
  // Only pages beyond their range and queries for cuts are additional.
  expect(asked.length).toBeLessThan(300 * 1.5);
});

test('folders of one page take one request each', async () => {
  const { asked } = await list(tree(30, 10), 10);
  // Queries for cuts and the pages before the first cut come on top. With a further page for each folder it would be 45.
  expect(asked.length).toBeLessThanOrEqual(30 + 7);
});

test('a folder without folders takes its pages and a few queries for cuts', async () => {
  const keys = Array.from({ length: 1000 }, (_, index) => `p/${index}`);
  const { asked } = await list(keys, 10);
  expect(asked.length).toBeLessThanOrEqual(100 + 7);
});

test('small folders are not listed separately', async () => {
  const { asked } = await list(tree(2000, 1), 10);
  expect(asked.length).toBeLessThan(200 * 2);
});

test('a caller may stop early, and the number of pages ahead is limited', async () => {
  const { request, asked } = fakeListing(tree(400, 20), 2);
  const pages = new RangedListing('p/', request).pages();
  for (let turn = 0; turn < 10; turn++) await pages.next();
  for (let turn = 0; turn < 1500; turn++) await new Promise(setImmediate);
  const atRest = asked.length;
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  expect(asked.length).toBe(atRest);
  expect(atRest).toBeLessThan(256 + 16 + 100);
});
