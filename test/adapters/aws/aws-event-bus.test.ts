import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { putEvent } from '../../../src/adapters/aws/aws-event-bus';
import { CREDENTIALS, useScriptedApi } from './scripted-api';

const api = useScriptedApi();
const put = (event: { id: string; execution_arn?: string }) =>
  putEvent(
    event,
    'Type',
    new EventBridgeClient({ region: 'eu-west-1', endpoint: api.endpoint, credentials: CREDENTIALS }),
    'bus',
  );

test('an event names its execution as a resource, when it has one', async () => {
  await put({ id: 'a', execution_arn: 'arn' });
  await put({ id: 'b' });
  expect(api.requests).toMatchObject([
    { Entries: [{ EventBusName: 'bus', DetailType: 'Type', Resources: ['arn'] }] },
    { Entries: [{ Detail: '{"id":"b"}' }] },
  ]);
  expect(JSON.stringify(api.requests[1])).not.toContain('Resources');
});

test('a refused entry of a successful call is an error with the name of the refusal', async () => {
  api.answers = [
    { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' }] },
  ];
  await expect(put({ id: 'a' })).rejects.toMatchObject({
    name: 'ThrottlingException',
    message: 'The event bus has refused the event a: slow',
  });
});
