/** The adapters for events, with real clients: on moto's server, and on scripted answers that moto never gives. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { AwsNotifications } from '../../../src/adapters/aws/aws-notifications';
import { AwsStatusBus } from '../../../src/adapters/aws/aws-status-bus';
import { STATUS_DETAIL_TYPE, STATUS_SOURCE, type StatusEvent } from '../../../src/events/model';
import { notification } from '../../../src/events/notification';
import { endpoint } from '../../api/endpoint';
import { useScriptedApi } from './scripted-api';

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
  notify_list: ['ada@example.org', 'bo@example.org'],
};

const api = useScriptedApi();

describe('the bus', () => {
  test('an event arrives at the target of a rule', async () => {
    const logs = new CloudWatchLogsClient(settings);
    const events = new EventBridgeClient(settings);
    await events.send(new CreateEventBusCommand({ Name: 'demands' }));
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/events/told' }));
    const EventPattern = JSON.stringify({ source: [STATUS_SOURCE], 'detail-type': [STATUS_DETAIL_TYPE] });
    await events.send(new PutRuleCommand({ Name: 'told', EventBusName: 'demands', EventPattern }));
    const Arn = `arn:aws:logs:${region}:123456789012:log-group:/aws/events/told`;
    await events.send(
      new PutTargetsCommand({ Rule: 'told', EventBusName: 'demands', Targets: [{ Id: 'log', Arn }] }),
    );
    await new AwsStatusBus(events, 'demands').put(EVENT);
    const found = await logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/events/told' }));
    const [message] = (found.events ?? []).map((each) => JSON.parse(each.message ?? ''));
    expect(message).toMatchObject({ source: STATUS_SOURCE, resources: [EVENT.execution_arn], detail: EVENT });
  });

  test('a refused entry of a successful call is an error', async () => {
    api.answers = [
      { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' }] },
    ];
    const bus = new AwsStatusBus(new EventBridgeClient({ region, endpoint: api.endpoint }), 'demands');
    await expect(bus.put(EVENT)).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: expect.stringContaining('slow'),
    });
  });
});

describe('notifications', () => {
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

  test('reach the subscriptions that filter for one of their names', async () => {
    const sns = new SNSClient(settings);
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'demands' }));
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

  test('to a missing topic fail', async () => {
    const topic = `arn:aws:sns:${region}:123456789012:none`;
    const publish = new AwsNotifications(new SNSClient(settings), topic).publish(notification(EVENT));
    await expect(publish).rejects.toMatchObject({ name: expect.stringContaining('NotFound') });
  });
});
