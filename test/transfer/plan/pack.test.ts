import fc from 'fast-check';
import { pack } from '../../../src/transfer/plan/pack';

const sizes = (batches: { size: number }[][]) => batches.map((batch) => batch.map((item) => item.size));
const packSizes = (given: number[], limit: number) =>
  sizes(
    pack(
      given.map((size) => ({ size })),
      limit,
    ),
  );

test.each<[string, number[], number, number[][]]>([
  ['no items need no batch', [], 10, []],
  [
    'a large item shares its batch with a small one',
    [10, 20, 30, 40, 50, 60, 70, 80],
    100,
    [
      [80, 20],
      [70, 30],
      [60, 40],
      [50, 10],
    ],
  ],
  [
    'an item above the limit has a batch of its own',
    [300, 100, 50, 50, 5, 1, 0],
    150,
    [[300], [100, 50], [50, 5, 1, 0]],
  ],
  ['items above the limit share no batch', [5, 5], 1, [[5], [5]]],
  ['empty items share a batch', [0, 0, 0], 1, [[0, 0, 0]]],
])('%s', (_, given, limit, batches) => {
  const packed = packSizes(given, limit);
  expect(packed).toHaveLength(batches.length);
  expect(packed.flat().toSorted()).toEqual(batches.flat().toSorted());
});

test('each item is in one batch, and no batch of several items is above the limit', () => {
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

test('no two batches fit into one batch', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 50 })), (given) => {
      const sums = packSizes(given, 50).map((batch) => batch.reduce((total, each) => total + each, 0));
      sums.sort((one, other) => one - other);
      expect((sums[0] ?? 0) + (sums[1] ?? Number.POSITIVE_INFINITY)).toBeGreaterThan(50);
    }),
  );
});

/** Measures the time of the processor: other work of the machine does not count. */
function measured<T>(task: () => T): { readonly batches: T; readonly seconds: number } {
  const start = process.cpuUsage();
  const batches = task();
  const { user, system } = process.cpuUsage(start);
  return { batches, seconds: (user + system) / 1e6 };
}

test('a million items of the size of the limit take less than 10 seconds of a processor', () => {
  const items = Array.from({ length: 1_000_000 }, () => ({ size: 7 }));
  const packed = measured(() => pack(items, 7));
  expect(packed.batches).toHaveLength(1_000_000);
  expect(packed.seconds).toBeLessThan(10);
});

test('the batches are those of a simple first-fit-decreasing', () => {
  const size = fc.oneof(fc.nat(60), fc.constant(0));
  fc.assert(
    fc.property(fc.array(size, { maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (given, limit) => {
      const bins: number[][] = [];
      for (const each of given.toSorted((one, other) => other - one)) {
        const sum = (bin: number[]) => bin.reduce((total, one) => total + one, 0);
        const bin = bins.find((candidate) => sum(candidate) + each <= limit);
        if (bin === undefined) bins.push([each]);
        else bin.push(each);
      }
      expect(packSizes(given, limit)).toEqual(bins);
    }),
  );
});

test('a hundred thousand items above a third of the limit take less than 5 seconds of a processor', () => {
  const items = Array.from({ length: 100_000 }, (_, index) => ({ size: 4000 + (index % 3000) }));
  const packed = measured(() => pack([...items, { size: 1 }], 10_000));
  expect(packed.batches.length).toBeLessThan(70_000);
  expect(packed.seconds).toBeLessThan(5);
});
