import { setImmediate } from 'node:timers/promises';
import { runLimited } from '../../src/transfer/concurrency';

const signal = new AbortController().signal;
const items = Array.from({ length: 20 }, (_, index) => index);

test('runs all tasks, at most the limit at the same time', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  const task = async (item: number) => {
    most = Math.max(most, ++running);
    await setImmediate();
    done.push(item);
    running--;
  };
  expect(await runLimited(items, 3, task, { signal })).toBe(20);
  expect(most).toBe(3);
  expect(done.toSorted((one, other) => one - other)).toEqual(items);
});

test('starts no task after mayStart has returned false, and waits for the running tasks', async () => {
  const done: number[] = [];
  const task = async (item: number) => {
    await setImmediate();
    done.push(item);
  };
  let starts = 5;
  expect(await runLimited(items, 2, task, { signal, mayStart: () => starts-- > 0 })).toBe(5);
  expect(done).toEqual([0, 1, 2, 3, 4]);
});

test('the first failure stops the other tasks and is thrown', async () => {
  const stopped: number[] = [];
  const task = async (item: number, inner: AbortSignal) => {
    if (item === 1) throw new Error('first');
    await new Promise((resolve) => inner.addEventListener('abort', resolve));
    stopped.push(item);
    throw new Error('later');
  };
  await expect(runLimited(items, 4, task, { signal })).rejects.toThrow('first');
  expect(stopped).toEqual([0, 2, 3]);
});

test('an aborted signal starts no task', async () => {
  const task = jest.fn();
  const aborted = AbortSignal.abort(new Error('cancelled'));
  await expect(runLimited(items, 4, task, { signal: aborted })).rejects.toThrow('cancelled');
  expect(task).not.toHaveBeenCalled();
});
