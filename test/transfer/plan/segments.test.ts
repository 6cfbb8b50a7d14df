import fc from 'fast-check';
import { compareKeys, isInRange } from '../../../src/transfer/keys';
import {
  LARGE_FILE_BYTES,
  ListingCutter,
  type Segment,
  type SegmentLimits,
} from '../../../src/transfer/plan/segments';
import type { StoredFile } from '../../../src/transfer/store';

const GIB = 1024 ** 3;
const GRAIN = 64 * 1024 ** 2;
const LIMITS: SegmentLimits = {
  maxBytes: 250 * GIB,
  maxBatches: 900,
  concurrency: 20,
  largeFileBytes: LARGE_FILE_BYTES,
  grainOf: () => GRAIN,
};

function cut(files: Iterable<StoredFile>, limits: SegmentLimits = LIMITS): Segment[][] {
  const cutter = new ListingCutter(limits);
  for (const file of files) cutter.add(file);
  return cutter.cut();
}

const bytesOf = (segment: Segment) => (segment.kind === 'keys' ? segment.bytes : segment.to - segment.from);
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const sizesOf = (batches: readonly (readonly Segment[])[]) => batches.map((batch) => sum(batch.map(bytesOf)));
const many = (count: number, size: number): StoredFile[] =>
  Array.from({ length: count }, (_, index) => ({ key: String(index).padStart(9, '0'), size }));

test('a small listing is one batch of one run', () => {
  const batches = cut(many(100, 1000));
  expect(batches).toEqual([[{ kind: 'keys', upTo: '000000099', bytes: 100_000, files: 100 }]]);
});

test('one object of 500 GB is divided evenly between all workers', () => {
  const file = { key: '', size: 500e9, version: '1' };
  const batches = cut([file]);
  expect(batches).toHaveLength(20);
  const segments = batches.flat();
  expect(segments.every((segment) => segment.kind === 'bytes' && segment.file === file)).toBe(true);
  expect(Math.max(...sizesOf(batches)) / Math.min(...sizesOf(batches))).toBeLessThan(1.2);
});

test('the number of batches is the concurrency', () => {
  const file = { key: '', size: 500e9, version: '1' };
  expect(cut([file], { ...LIMITS, concurrency: 40 })).toHaveLength(40);
});

test('a flat folder above every limit is divided evenly, one request for each batch', () => {
  const batches = cut(many(300_000, 2_000_000));
  expect(batches.length).toBeGreaterThanOrEqual(20);
  expect(batches.every((batch) => batch.length === 1)).toBe(true);
  expect(Math.max(...sizesOf(batches))).toBeLessThan(1.1 * (600e9 / 20));
});

test('a million small files are divided by their number', () => {
  const batches = cut(many(1_000_000, 10));
  expect(batches.length).toBeGreaterThanOrEqual(20);
  const files = batches.flat().map((segment) => (segment.kind === 'keys' ? segment.files : 0));
  expect(sum(files)).toBe(1_000_000);
  expect(Math.max(...files)).toBeLessThan(60_000);
});

test('a file is not divided without an assembler, or if its key ends with a slash', () => {
  const { grainOf: _, ...limits } = LIMITS;
  expect(cut([{ key: 'a', size: 500 * GIB }], limits).flat()).toMatchObject([{ kind: 'keys', files: 1 }]);
  expect(cut([{ key: 'a/', size: 500 * GIB }]).flat()).toMatchObject([{ kind: 'keys', files: 1 }]);
});

const size = fc.oneof(
  { weight: 5, arbitrary: fc.nat(10 * 1024 ** 2) },
  { weight: 2, arbitrary: fc.nat(LARGE_FILE_BYTES) },
  { weight: 1, arbitrary: fc.nat(100 * GIB) },
  { weight: 1, arbitrary: fc.nat(2 ** 45) },
);
const files = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', '-', '/') }), size), {
    selector: ([key]) => key,
    minLength: 1,
    maxLength: 60,
  })
  .map((each) =>
    each.map(([key, bytes]) => ({ key, size: bytes })).sort((one, other) => compareKeys(one.key, other.key)),
  );

test('every byte of every file is in exactly one batch, and there are at most maxBatches batches', () => {
  const limits = fc.record({
    maxBytes: fc.integer({ min: 1, max: 300 * GIB }),
    maxBatches: fc.integer({ min: 4, max: 900 }),
    grain: fc.constantFrom(1024 ** 2, GRAIN, 5 * GIB),
  });
  fc.assert(
    fc.property(files, limits, (given, { maxBytes, maxBatches, grain }) => {
      const batches = cut(given, { ...LIMITS, maxBytes, maxBatches, grainOf: () => grain });
      expect(batches.length).toBeLessThanOrEqual(maxBatches);
      expect(batches.every((batch) => batch.length > 0)).toBe(true);
      const segments = batches.flat();
      for (const file of given) expect(piecesOf(file, segments)).toEqual([[0, file.size]]);
      for (const segment of segments) if (segment.kind === 'bytes') expect(segment.from % grain).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('a listing with many runs joins them and loses no file', () => {
  const given = many(100_000, 3_000_000).map((file, index) =>
    index % 10_000 === 5 ? { ...file, size: 6 * GIB } : file,
  );
  const segments = cut(given).flat();
  for (const file of given.filter((_, index) => index % 997 === 0 || index % 10_000 === 5))
    expect(piecesOf(file, segments)).toEqual([[0, file.size]]);
  expect(sum(segments.map(bytesOf))).toBe(sum(given.map((file) => file.size)));
});

/** Returns the ranges of a file in the segments. Neighbouring ranges are joined. */
function piecesOf(file: StoredFile, segments: readonly Segment[]): number[][] {
  const pieces = segments.flatMap((segment): number[][] => {
    if (segment.kind === 'bytes') return segment.file.key === file.key ? [[segment.from, segment.to]] : [];
    return isInRange(file.key, segment) ? [[0, file.size]] : [];
  });
  const joined: number[][] = [];
  for (const [from = 0, to = 0] of pieces) {
    const last = joined.at(-1);
    if (last !== undefined && last[1] === from && last[0] !== from) last[1] = to;
    else joined.push([from, to]);
  }
  return joined;
}
