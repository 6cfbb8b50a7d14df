import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { CreateTopicCommand, type PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { AwsNotifications } from '../../../src/adapters/aws/aws-notifications';
import type { StatusEvent } from '../../../src/events/model';
import { notification } from '../../../src/events/notification';
import { endpoint } from '../../api/endpoint';

const region = 'eu-west-1';
const settings = { region, endpoint: endpoint() };
const EVENT: StatusEvent = {
  version: 1,
  id: 'arn/1',
  status: 'SUCCEEDED',
  sequence: 1,
  changed_at: '2026-01-02T03:04:05Z',
  execution_id: 'run-1',
  execution_arn: 'arn:aws:states:eu-west-1:123456789012:execution:m:run-1',
  notify_list: ['ada@example.org', 'bo@example.org', '\u202e\uffff'],
};

let server: Server;
const received: Record<string, unknown>[] = [];
beforeAll(async () => {
  server = createServer(async (request, response) => {
    received.push((await json(request)) as Record<string, unknown>);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('a notification reaches the subscriptions that filter for one of its people', async () => {
  const sns = new SNSClient(settings);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'notifications' }));
  const Endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const FilterPolicy = JSON.stringify({ notify_list: ['bo@example.org'] });
  await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint, Attributes: { FilterPolicy } }),
  );
  const notifications = new AwsNotifications(sns, TopicArn);
  await notifications.publish(notification({ ...EVENT, notify_list: ['cy@example.org'] }));
  await notifications.publish(notification(EVENT));
  const messages = received.filter(({ Type }) => Type === 'Notification');
  expect(messages).toMatchObject([{ Subject: 'Demand run-1: SUCCEEDED' }]);
});

test('the list of people has its hidden characters as escapes', async () => {
  const sns = new SNSClient(settings);
  const send = jest.spyOn(sns, 'send').mockImplementation(async () => ({}));
  await new AwsNotifications(sns, 'arn').publish(notification(EVENT));
  const [[command]] = send.mock.calls as unknown as [[PublishCommand]];
  const list = command.input.MessageAttributes?.notify_list?.StringValue ?? '';
  expect(list).not.toMatch(/[^ -~]/);
  expect(JSON.parse(list)).toEqual(EVENT.notify_list);
});

test('a notification to a missing topic fails', async () => {
  const topic = `arn:aws:sns:${region}:123456789012:none`;
  const publish = new AwsNotifications(new SNSClient(settings), topic).publish(notification(EVENT));
  await expect(publish).rejects.toMatchObject({ name: expect.stringContaining('NotFound') });
});
