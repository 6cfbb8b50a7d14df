import { IDLE_MS, IdleWatch } from '../../../src/adapters/s3/idle-watch';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const { signal } = new AbortController();

test('a silent request is ended, a request with progress is not', () => {
  const watch = new IdleWatch();
  const [silent, busy] = [watch.begin(signal), watch.begin(signal)];
  for (let seconds = 0; seconds < 70; seconds += 5) {
    expect(silent.signal.aborted).toBe(seconds * 1000 > IDLE_MS);
    busy.touch();
    jest.advanceTimersByTime(5_000);
  }
  expect(silent.reasonFor(new Error('aborted'))).toMatchObject({
    name: 'TimeoutError',
    message: 'S3 has sent nothing for 60 s',
  });
  expect(busy.signal.aborted).toBe(false);
  for (const each of [silent, busy]) each.end();
  expect(jest.getTimerCount()).toBe(0);
});

test('an ended request is not watched any more', () => {
  const watch = new IdleWatch();
  const [ended, other] = [watch.begin(signal), watch.begin(signal)];
  ended.end();
  jest.advanceTimersByTime(2 * IDLE_MS);
  expect([ended.signal.aborted, other.signal.aborted]).toEqual([false, true]);
  other.end();
});

test('an abort of the caller aborts the request with its reason', () => {
  const stop = new AbortController();
  const attempt = new IdleWatch().begin(stop.signal);
  expect(attempt.reasonFor('reset')).toBe('reset');
  stop.abort(new Error('cancelled'));
  expect(attempt.reasonFor('reset')).toMatchObject({ message: 'cancelled' });
  attempt.end();
});

test('an abort after the end of the request has no effect', () => {
  const stop = new AbortController();
  const attempt = new IdleWatch().begin(stop.signal);
  attempt.end();
  stop.abort(new Error('cancelled'));
  expect(attempt.signal.aborted).toBe(false);
});

test('a request may be cancelled', () => {
  const attempt = new IdleWatch().begin(signal);
  attempt.cancel();
  expect(attempt.signal.aborted).toBe(true);
  attempt.end();
});

test('an aborted signal begins no request', () => {
  const watch = new IdleWatch();
  expect(() => watch.begin(AbortSignal.abort(new Error('cancelled')))).toThrow('cancelled');
  expect(jest.getTimerCount()).toBe(0);
});

test('a clock that is set ends no request, and hides no silent one', () => {
  const watch = new IdleWatch();
  const attempt = watch.begin(signal);
  jest.setSystemTime(Date.now() + 2 * IDLE_MS);
  jest.advanceTimersByTime(10_000);
  expect(attempt.signal.aborted).toBe(false);
  jest.setSystemTime(Date.now() - 10 * IDLE_MS);
  jest.advanceTimersByTime(IDLE_MS);
  expect(attempt.signal.aborted).toBe(true);
  attempt.end();
});
