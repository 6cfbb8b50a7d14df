import { STATUSES, type StatusEvent } from '../../src/events/model';
import type { Notification } from '../../src/events/notification';
import { notify } from '../../src/steps/notify';
import { withoutEmpty } from '../../src/wire/json';

const EVENT: StatusEvent = {
  version: 1,
  id: 'arn/1',
  status: 'SUCCEEDED',
  sequence: 1,
  changed_at: '2026-01-02T03:04:05Z',
  execution_id: 'run-1',
  execution_type: 'test',
  notify_list: ['ada@example.org', 'bo@example.org'],
};

async function send(changes: Partial<StatusEvent> = {}) {
  const sent: Notification[] = [];
  const publish = async (message: Notification) => void sent.push(message);
  const answer = await notify({ detail: { ...EVENT, ...changes } }, { notifications: { publish } });
  expect(answer.notified > 0).toBe(sent.length === 1);
  return sent[0];
}

const told = async (changes: Partial<StatusEvent>) => {
  const sent = await Promise.all(STATUSES.map((status) => send({ ...changes, status })));
  return sent.flatMap((each) => each?.status ?? []);
};

test.each([
  [undefined, ['REFUSED', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']],
  [{}, []],
  [{ SUBMITTED: true }, ['RUNNING']],
  [{ IN_PROGRESS: true, COMPLETED: true, FAILED: false }, ['RUNNING', 'SUCCEEDED']],
  [{ FAILED: true }, ['REFUSED', 'FAILED', 'TIMED_OUT']],
  [{ ABORTED: true }, ['ABORTED']],
  [{ AWAITING_TRIGGER: true }, []],
])('notify_on %j is for %j', async (on, statuses) => {
  expect(await told(withoutEmpty({ notify_on: on }))).toEqual(statuses);
});

test('nobody named is nobody told', async () => {
  expect(await told({ notify_list: [], notify_on: { FAILED: true } })).toEqual([]);
});

test('the words, and for whom', async () => {
  const message = await send({
    attempt: 2,
    duration_ms: 61_000,
    outputs: [{ name: 'out', uri: 's3://b/out' }],
    links: { execution: 'https://console' },
  });
  expect(message).toMatchObject({
    subject: 'Demand run-1: SUCCEEDED',
    notifyList: EVENT.notify_list,
    executionType: 'test',
  });
  expect(message?.text.split('\n')).toEqual([
    'Demand run-1, attempt 2: SUCCEEDED',
    'at 2026-01-02T03:04:05Z, after 61 s',
    '',
    'out: s3://b/out',
    '',
    'https://console',
  ]);
  expect(JSON.parse(message?.json ?? '')).toMatchObject({ id: 'arn/1', status: 'SUCCEEDED' });
  // Who gets one does not learn who else does.
  expect(message?.json).not.toContain('bo@example.org');
});

test('a subject has less than 100 characters of ASCII, whatever the id', async () => {
  const message = await send({ execution_id: `é\n${'x'.repeat(200)}` });
  expect(message?.subject).toMatch(/^Demand \?x+$/);
  expect(message?.subject).toHaveLength(99);
});

test('a long event is sent in brief', async () => {
  const outputs = Array.from({ length: 500 }, (_, index) => ({
    name: `o${index}`,
    uri: `s3://b/${'x'.repeat(100)}`,
  }));
  const message = await send({ outputs });
  expect(JSON.parse(message?.json ?? '')).toMatchObject({
    id: 'arn/1',
    shortened: expect.arrayContaining(['outputs']),
  });
});

test('what SNS fails with is thrown, to be tried again', async () => {
  const publish = () => Promise.reject(new Error('throttled'));
  await expect(notify({ detail: EVENT }, { notifications: { publish } })).rejects.toThrow('throttled');
});
