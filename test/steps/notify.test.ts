import type { StatusEvent } from '../../src/events/model';
import type { Notification } from '../../src/events/notification';
import { notify } from '../../src/steps/notify';

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

async function send(event: unknown) {
  const sent: Notification[] = [];
  const publish = async (message: Notification) => void sent.push(message);
  const answer = await notify(event, { notifications: { publish } });
  return { answer, sent };
}

test('an event that asks for a notification gets it, and the answer counts the people', async () => {
  const { answer, sent } = await send({ detail: EVENT });
  expect(answer).toEqual({ notified: 2 });
  expect(sent).toMatchObject([{ subject: 'Demand run-1: SUCCEEDED', notifyList: EVENT.notify_list }]);
});

test('an event that asks for no notification gets none', async () => {
  const { answer, sent } = await send({ detail: { ...EVENT, status: 'RUNNING' } });
  expect(answer).toEqual({ notified: 0 });
  expect(sent).toEqual([]);
});

test.each([
  ['null', null],
  ['an event without a detail', {}],
  ['an event with an unknown status', { detail: { ...EVENT, status: 'PENDING' } }],
])('%s is refused', async (_, event) => {
  await expect(send(event)).rejects.toMatchObject({ name: 'DemandValidationError' });
});

test('a failure of SNS is thrown, so that Lambda calls the function again', async () => {
  const publish = () => Promise.reject(new Error('throttled'));
  await expect(notify({ detail: EVENT }, { notifications: { publish } })).rejects.toThrow('throttled');
});
