import { setImmediate } from 'node:timers/promises';
import { ByteBudget } from '../../src/adapters/byte-budget';

async function peakOf(
  budget: ByteBudget,
  sizes: readonly number[],
): Promise<{ peak: number; order: number[] }> {
  let held = 0;
  let peak = 0;
  const order: number[] = [];
  const task = (bytes: number) => async () => {
    order.push(bytes);
    held += bytes;
    peak = Math.max(peak, held);
    await setImmediate();
    held -= bytes;
  };
  await Promise.all(sizes.map((bytes) => budget.hold(bytes, task(bytes))));
  return { peak, order };
}

test('starts tasks that fit, in the order of their calls', async () => {
  expect(await peakOf(new ByteBudget(10), [6, 3, 7, 1, 10, 2])).toEqual({
    peak: 10,
    order: [6, 3, 7, 1, 10, 2],
  });
});

test('a task above the budget runs alone', async () => {
  expect(await peakOf(new ByteBudget(10), [1, 50, 1])).toEqual({ peak: 50, order: [1, 50, 1] });
});

test('a failed task returns its bytes', async () => {
  const budget = new ByteBudget(10);
  await expect(budget.hold(10, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await budget.hold(10, async () => 'yes')).toBe('yes');
});
