import fc from 'fast-check';
import { ROW_BYTES, VerifiedRows } from '../../../src/adapters/files/verified-rows';
import type { Verified } from '../../../src/transfer/copy/verified-record';
import { md5 } from '../../transfer/etag-stores';

const DAY = 20_000;

const verified: fc.Arbitrary<Verified> = fc.record({
  tag: fc
    .tuple(fc.string(), fc.integer({ min: 0, max: 10_000 }))
    .map(([text, parts]) => md5(text) + (parts === 0 ? '' : `-${parts}`)),
  isComputed: fc.boolean(),
});
const entry = fc.tuple(fc.integer({ min: 0, max: 300 }).map(String), fc.constantFrom('v1', 'v2'), verified);

const saved = (rows: VerifiedRows, since = 0) => new VerifiedRows(Buffer.concat([...rows.rowsSince(since)]));

test('rows return the last value of a path and a version, also after a save', () => {
  const property = fc.property(fc.array(entry, { maxLength: 600 }), (entries) => {
    const rows = new VerifiedRows();
    const model = new Map<string, { version: string; each: Verified }>();
    for (const [path, version, each] of entries) {
      rows.set(path, version, each, DAY);
      model.set(path, { version, each });
    }
    for (const found of [rows, saved(rows)])
      for (const [path, { version, each }] of model) {
        expect(found.find(path, version, DAY)).toEqual(each);
        expect(found.find(path, `not ${version}`, DAY)).toBeUndefined();
      }
  });
  fc.assert(property, { numRuns: 50 });
});

test('a row takes 44 bytes for any number of files', () => {
  const rows = new VerifiedRows();
  for (let each = 0; each < 40_000; each++)
    rows.set(`path/${each}`, 'v', { tag: md5(`${each}`), isComputed: true }, DAY);
  const loaded = saved(rows);
  for (let each = 40_000; each < 50_000; each++)
    loaded.set(`path/${each}`, 'v', { tag: md5(`${each}`), isComputed: true }, DAY);
  for (let each = 0; each < 50_000; each++)
    expect(loaded.find(`path/${each}`, 'v', DAY)?.tag).toBe(md5(`${each}`));
  expect(Buffer.concat([...loaded.rowsSince(0)])).toHaveLength(50_000 * ROW_BYTES);
});

test('rows that were used lately are kept', () => {
  const rows = new VerifiedRows();
  const each = { tag: md5('x'), isComputed: true };
  rows.set('asked', 'v', each, DAY);
  rows.set('not asked', 'v', each, DAY);
  const loaded = saved(rows);
  loaded.find('asked', 'v', DAY + 1);
  expect(loaded.hasChanged).toBe(false);
  loaded.find('asked', 'v', DAY + 30);
  expect(loaded.hasChanged).toBe(true);
  const later = saved(loaded, DAY + 1);
  expect(later.find('asked', 'v', DAY + 30)).toEqual(each);
  expect(later.find('not asked', 'v', DAY + 30)).toBeUndefined();
});

test('rows take over what another record has changed, and nothing that it has only loaded', () => {
  const [one, other] = [md5('one'), md5('other')].map((tag) => ({ tag, isComputed: true }));
  const before = new VerifiedRows();
  before.set('loaded', 'v', one!, DAY);
  before.set('changed', 'v', one!, DAY);
  const [mine, theirs] = [saved(before), saved(before)];
  mine.set('loaded', 'w', other!, DAY);
  theirs.set('changed', 'w', other!, DAY);
  theirs.set('added', 'v', other!, DAY);
  mine.take(theirs);
  expect(mine.find('loaded', 'w', DAY)).toEqual(other);
  expect(mine.find('changed', 'w', DAY)).toEqual(other);
  expect(mine.find('added', 'v', DAY)).toEqual(other);
  expect(mine.hasChanged).toBe(true);
});
