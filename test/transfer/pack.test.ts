import fc from 'fast-check';
import { pack } from '../../src/transfer/pack';

const sizes = (batches: { size: number }[][]) => batches.map((batch) => batch.map((item) => item.size));
const packSizes = (given: number[], limit: number) =>
  sizes(
    pack(
      given.map((size) => ({ size })),
      limit,
    ),
  );

test.each<[number[], number, number[][]]>([
  [[], 10, []],
  [
    [10, 20, 30, 40, 50, 60, 70, 80],
    100,
    [
      [80, 20],
      [70, 30],
      [60, 40],
      [50, 10],
    ],
  ],
  [[300, 100, 50, 50, 5, 1, 0], 150, [[300], [100, 50], [50, 5, 1, 0]]],
  [[5, 5], 1, [[5], [5]]],
  [[0, 0, 0], 1, [[0, 0, 0]]],
])('%j in batches of %i', (given, limit, batches) => {
  const packed = packSizes(given, limit);
  expect(packed).toHaveLength(batches.length);
  expect(packed.flat().toSorted()).toEqual(batches.flat().toSorted());
});

test('each is placed once, and no batch of several is above the limit', () => {
  const size = fc.oneof(fc.nat(100), fc.constant(0));
  fc.assert(
    fc.property(fc.array(size), fc.integer({ min: 1, max: 80 }), (given, limit) => {
      const batches = packSizes(given, limit);
      expect(batches.flat().toSorted((a, b) => a - b)).toEqual(given.toSorted((a, b) => a - b));
      for (const batch of batches) {
        const sum = batch.reduce((total, each) => total + each, 0);
        expect(batch.length === 1 || sum <= limit).toBe(true);
      }
    }),
  );
});

test('no two batches would fit in one', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 50 })), (given) => {
      const sums = packSizes(given, 50).map((batch) => batch.reduce((total, each) => total + each, 0));
      sums.sort((one, other) => one - other);
      expect((sums[0] ?? 0) + (sums[1] ?? Number.POSITIVE_INFINITY)).toBeGreaterThan(50);
    }),
  );
});

test('a million things of the limit take moments', () => {
  const things = Array.from({ length: 1_000_000 }, () => ({ size: 7 }));
  expect(pack(things, 7)).toHaveLength(1_000_000);
}, 10_000);
