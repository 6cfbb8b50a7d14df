import { setTimeout } from 'node:timers/promises';
import {
  Attempts,
  LONGEST_WAIT_MS,
  MOST_FAILURES,
  MOST_THROTTLES,
  persist,
} from '../../../src/adapters/s3/attempts';
import { BrokenBody } from '../../../src/adapters/s3/failures';
import { Gate } from '../../../src/adapters/s3/gate';
import { TransferMismatch } from '../../../src/errors';

jest.mock('node:timers/promises', () => ({
  ...jest.requireActual('node:timers/promises'),
  setTimeout: jest.fn(async () => undefined),
}));
const waits = () => jest.mocked(setTimeout).mock.calls.map(([ms]) => Number(ms));

beforeEach(() => {
  jest.mocked(setTimeout).mockClear();
});
afterEach(() => jest.restoreAllMocks());

const named = (name: string) => Object.assign(new Error(name), { name });
const patienceOf = (signal = new AbortController().signal) => ({ gate: new Gate(8), signal, backoffMs: 100 });

/** Fails until the attempts end. */
async function failAlways(error: unknown) {
  const patience = patienceOf();
  let calls = 0;
  const failure = await persist(patience, () => {
    calls++;
    return Promise.reject(error);
  }).catch((thrown: unknown) => thrown);
  return { calls, failure, limit: patience.gate.limit };
}

test('a task without an error runs once', async () => {
  expect(await persist(patienceOf(), async () => 5)).toBe(5);
  expect(waits()).toEqual([]);
});

test('a task is repeated after transient errors', async () => {
  const errors = [named('InternalError'), named('TimeoutError')];
  const task = async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
  expect(await persist(patienceOf(), task)).toBe('done');
  expect(waits()).toHaveLength(2);
});

test.each([
  ['InternalError', MOST_FAILURES],
  ['SlowDown', MOST_THROTTLES],
  ['AccessDenied', 1],
])('%s ends the attempts after %i failures', async (name, most) => {
  const { calls, failure } = await failAlways(named(name));
  expect(calls).toBe(most);
  expect(failure).toMatchObject({ name });
});

test('throttling lowers the limit of the gate, and other errors do not', async () => {
  expect((await failAlways(named('SlowDown'))).limit).toBe(1);
  expect((await failAlways(named('InternalError'))).limit).toBe(8);
});

test('the pauses are random, and their longest value doubles up to ten seconds', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(1);
  await failAlways(named('InternalError'));
  expect(waits()).toEqual([100, 200, 400, 800, 1600]);
  jest.mocked(setTimeout).mockClear();
  await failAlways(named('SlowDown'));
  expect(Math.max(...waits())).toBe(LONGEST_WAIT_MS);
  jest.mocked(setTimeout).mockClear();
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  await failAlways(named('InternalError'));
  expect(waits()).toEqual([50, 100, 200, 400, 800]);
});

test('failures and throttled answers are counted separately', async () => {
  const attempts = new Attempts(patienceOf());
  for (let each = 1; each < MOST_FAILURES; each++) {
    await attempts.waitAfter(named('InternalError'));
    await attempts.waitAfter(named('SlowDown'));
  }
  await expect(attempts.waitAfter(named('InternalError'))).rejects.toMatchObject({ name: 'InternalError' });
});

test('a body that always breaks is a mismatch', async () => {
  const { failure } = await failAlways(new BrokenBody('s3://bucket/key ended after 3 of 10 bytes'));
  expect(failure).toBeInstanceOf(TransferMismatch);
  expect(failure).toMatchObject({
    message: 's3://bucket/key ended after 3 of 10 bytes, 6 times. Run the transfer again',
  });
});

test('an abort ends the attempts with its reason', async () => {
  const stop = new AbortController();
  const task = () => {
    stop.abort(new Error('cancelled'));
    return Promise.reject(named('InternalError'));
  };
  await expect(persist(patienceOf(stop.signal), task)).rejects.toThrow('cancelled');
  expect(waits()).toEqual([]);
});
