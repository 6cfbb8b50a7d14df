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
import { AwsStatusBus } from '../../../src/adapters/aws/aws-status-bus';
import { STATUS_DETAIL_TYPE, STATUS_SOURCE, type StatusEvent } from '../../../src/events/model';
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
};

const api = useScriptedApi();
const scriptedBus = () =>
  new AwsStatusBus(new EventBridgeClient({ region, endpoint: api.endpoint }), 'status-bus');

test('an event arrives at the target of a rule', async () => {
  const logs = new CloudWatchLogsClient(settings);
  const events = new EventBridgeClient(settings);
  await events.send(new CreateEventBusCommand({ Name: 'status-bus' }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/events/status-bus' }));
  const EventPattern = JSON.stringify({ source: [STATUS_SOURCE], 'detail-type': [STATUS_DETAIL_TYPE] });
  await events.send(new PutRuleCommand({ Name: 'status', EventBusName: 'status-bus', EventPattern }));
  const Arn = `arn:aws:logs:${region}:123456789012:log-group:/aws/events/status-bus`;
  await events.send(
    new PutTargetsCommand({ Rule: 'status', EventBusName: 'status-bus', Targets: [{ Id: 'log', Arn }] }),
  );
  await new AwsStatusBus(events, 'status-bus').put(EVENT);
  const found = await logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/events/status-bus' }));
  const [message] = (found.events ?? []).map((each) => JSON.parse(each.message ?? ''));
  expect(message).toMatchObject({ source: STATUS_SOURCE, resources: [EVENT.execution_arn], detail: EVENT });
});

test('a refused entry of a successful call is an error', async () => {
  api.answers = [
    { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' }] },
  ];
  await expect(scriptedBus().put(EVENT)).rejects.toMatchObject({
    name: 'ThrottlingException',
    message: expect.stringContaining('slow'),
  });
});

test('a refusal without a code has the name of an internal failure', async () => {
  api.answers = [{ FailedEntryCount: 1 }];
  await expect(scriptedBus().put(EVENT)).rejects.toMatchObject({
    name: 'InternalFailure',
    message: expect.stringContaining(EVENT.id),
  });
});

test('an event about a refused demand names no execution as its resource', async () => {
  const { execution_arn: _, ...refused } = { ...EVENT, status: 'REFUSED' } as const;
  await scriptedBus().put(refused);
  await scriptedBus().put(EVENT);
  expect(api.requests.map(({ Entries }) => (Entries as object[])[0])).toEqual([
    expect.not.objectContaining({ Resources: expect.anything() }),
    expect.objectContaining({ Resources: [EVENT.execution_arn] }),
  ]);
});
