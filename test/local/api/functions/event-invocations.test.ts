import {
  EventInvocations,
  type EventInvocationsWorld,
  type FailedInvocation,
} from '../../../../local/api/functions/event-invocations';
import { FunctionPool } from '../../../../local/api/functions/pool';
import { systemClock } from '../../../../src/adapters/system-clock';
import { waitUntil } from '../../../cli/waiting';
import { type Bundles, bundles } from './bundles';

let made: Bundles;
let pool: FunctionPool;
let lines: string[];
let told: [string, FailedInvocation][];
let lost: string[];
beforeEach(() => {
  made = bundles();
  lines = [];
  told = [];
  lost = [];
  pool = new FunctionPool(() => (line) => void lines.push(line));
});
afterEach(async () => {
  await pool.stop();
  made.remove();
});

const world: EventInvocationsWorld = {
  async tell(destination, record) {
    told.push([destination, record]);
  },
  lost: (name, reason) => void lost.push(`${name}: ${reason}`),
  clock: { ...systemClock, now: () => 0 },
};

/** Returns a function that fails for the first `times` events. */
const failing = (times: number, more = {}) => ({
  ...made.of(
    'fails',
    `globalThis.n = (globalThis.n ?? 0) + 1; console.log(n); if (n <= ${times}) throw new RangeError('no');`,
  ),
  ...more,
});

test('a failed event is tried again', async () => {
  new EventInvocations(pool, world).accept(failing(2), '{"a":1}');
  await waitUntil('the third call', () => lines.length === 3);
  expect(lines).toEqual(['1', '2', '3']);
  expect([told, lost]).toEqual([[], []]);
});

test("the record of an event that fails every time goes to the function's destination", async () => {
  const onFailure = 'arn:aws:sqs:us-west-2:123456789012:dead';
  const deployed = failing(9, { asynchronous: { retries: 1, onFailure } });
  new EventInvocations(pool, world).accept(deployed, '{"a":1}');
  await waitUntil('the record', () => told.length === 1);
  expect(lines).toEqual(['1', '2']);
  expect(told).toEqual([
    [
      onFailure,
      {
        version: '1.0',
        timestamp: '1970-01-01T00:00:00.000Z',
        requestContext: {
          functionArn: `${deployed.arn}:$LATEST`,
          condition: 'RetriesExhausted',
          approximateInvokeCount: 2,
        },
        requestPayload: { a: 1 },
        responseContext: { statusCode: 200, functionError: 'Unhandled' },
        responsePayload: expect.objectContaining({ errorType: 'RangeError', errorMessage: 'no' }),
      },
    ],
  ]);
});

test('an event is reported as lost without a destination, or when the destination fails', async () => {
  const none = { asynchronous: { retries: 0 } };
  new EventInvocations(pool, world).accept(failing(9, none), '{}');
  await waitUntil('the first loss', () => lost.length === 1);
  const tell = async () => {
    throw new Error('no such queue');
  };
  new EventInvocations(pool, { ...world, tell }).accept(
    failing(9, { asynchronous: { retries: 0, onFailure: 'arn' } }),
    '{}',
  );
  await waitUntil('the second loss', () => lost.length === 2);
  expect(lost).toEqual(['fails: RangeError: no', 'fails: Error: no such queue']);
});

test('after the stop no event is tried again', async () => {
  const events = new EventInvocations(pool, world);
  events.accept(failing(9), '{}');
  await waitUntil('the first call', () => lines.length === 1);
  await events.stop();
  expect(lines).toHaveLength(1);
  expect([told, lost]).toEqual([[], []]);
});
