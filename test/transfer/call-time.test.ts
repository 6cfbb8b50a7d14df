import { hasTimeLeft, runUntilDeadline } from '../../src/transfer/call-time';

const timeOf = (remainingMs: number, deadline?: AbortSignal) => ({
  remainingMs: () => remainingMs,
  ...(deadline && { deadline }),
});
const { signal } = new AbortController();

test.each([
  [30_000, true],
  [29_999, false],
  [Number.POSITIVE_INFINITY, true],
])('with %d ms left, more work may start: %s', (remainingMs, expected) => {
  expect(hasTimeLeft(timeOf(remainingMs))).toBe(expected);
});

test.each([true, false])('the answer of the task is returned: %s', async (answer) => {
  expect(await runUntilDeadline({ signal, time: timeOf(1) }, async () => answer)).toBe(answer);
});

test('the task may start work while time is left', async () => {
  const starts: boolean[] = [];
  let remainingMs = 30_001;
  const time = { remainingMs: () => remainingMs-- };
  await runUntilDeadline({ signal, time }, async ({ mayStart }) => {
    for (let each = 0; each < 3; each++) starts.push(mayStart());
    return true;
  });
  expect(starts).toEqual([true, true, false]);
});

/** Runs a task that waits for the abort of its signal. */
const runAndAbort = (abort: () => void, world: Parameters<typeof runUntilDeadline>[0]) =>
  runUntilDeadline(world, ({ signal: inner }) => {
    const aborted = new Promise<boolean>((_, reject) =>
      inner.addEventListener('abort', () => reject(inner.reason)),
    );
    abort();
    return aborted;
  });

test('the deadline stops the task, and the answer is false', async () => {
  const deadline = new AbortController();
  const time = timeOf(60_000, deadline.signal);
  expect(await runAndAbort(() => deadline.abort(new Error('deadline')), { signal, time })).toBe(false);
});

test.each([true, false])(
  'the signal stops the task with its reason (deadline as well: %s)',
  async (isLate) => {
    const deadline = new AbortController();
    const stop = new AbortController();
    const abort = () => {
      if (isLate) deadline.abort();
      stop.abort(new Error('cancelled'));
    };
    const world = { signal: stop.signal, time: timeOf(60_000, deadline.signal) };
    await expect(runAndAbort(abort, world)).rejects.toThrow('cancelled');
  },
);

test.each([undefined, new AbortController().signal])(
  'an error before the deadline is thrown',
  async (deadline) => {
    const task = () => Promise.reject(new Error('EIO'));
    await expect(runUntilDeadline({ signal, time: timeOf(60_000, deadline) }, task)).rejects.toThrow('EIO');
  },
);
