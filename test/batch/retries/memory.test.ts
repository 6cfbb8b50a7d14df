import fc from 'fast-check';
import { memorySteps, nextMemory } from '../../../src/batch/retries/memory';
import { LEAST_MEMORY_FACTOR, MOST_MEMORY_FACTOR } from '../../../src/demand/retries';
import { runs } from '../../demand/arbitraries';

test('without a factor no job gets more memory', () => {
  expect(nextMemory(512, 512, {})).toBeUndefined();
  expect(memorySteps(512, { maxMemory: 4_096 })).toEqual([512]);
});

test.each([
  [512, { memoryFactor: 2, maxMemory: 2_048 }, [512, 1_024, 2_048]],
  [512, { memoryFactor: 2, maxMemory: 1_500 }, [512, 1_024, 1_500]],
  [512, { memoryFactor: 2 }, [512, 1_024, 2_048]],
  [1_000, { memoryFactor: 1.5, maxMemory: 2_300 }, [1_000, 1_500, 2_250, 2_300]],
  [4_096, { memoryFactor: 2, maxMemory: 2_048 }, [4_096]],
  [1, { memoryFactor: 1.1, maxMemory: 4 }, [1, 2, 3, 4]],
])('a job of %s MiB with %j has these steps', (first, settings, steps) => {
  expect(memorySteps(first, settings)).toEqual(steps);
});

test('each step is a larger integer up to the ceiling, and their number has an end', () => {
  const factor = fc.double({ min: LEAST_MEMORY_FACTOR, max: MOST_MEMORY_FACTOR, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      factor,
      fc.option(fc.integer({ min: 1, max: 4_000_000 }), { nil: undefined }),
      (first, memoryFactor, maxMemory) => {
        const steps = memorySteps(first, { memoryFactor, maxMemory });
        expect(steps).toEqual([...new Set(steps)].sort((one, other) => one - other));
        expect(steps.every(Number.isInteger)).toBe(true);
        expect(steps.at(-1)).toBe(Math.max(first, maxMemory ?? 4 * first));
        expect(steps.length).toBeLessThan(200);
      },
    ),
    runs(300),
  );
});
