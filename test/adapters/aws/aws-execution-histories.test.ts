import { SFNClient } from '@aws-sdk/client-sfn';
import { AwsExecutionHistories } from '../../../src/adapters/aws/aws-execution-histories';
import { CREDENTIALS, useScriptedApi } from './scripted-api';

const region = 'eu-west-1';
const api = useScriptedApi();

test('a history of several pages is read to its last event', async () => {
  const origin = { timestamp: 1.5 };
  api.answers = [
    {
      nextToken: 'more',
      events: [
        { ...origin, id: 1, type: 'ExecutionStarted', executionStartedEventDetails: { input: '{}' } },
        {
          ...{ ...origin, id: 2, type: 'TaskStateEntered' },
          stateEnteredEventDetails: { name: 'RunJob', input: '{"a":1}' },
        },
      ],
    },
    {
      events: [
        {
          ...{ ...origin, id: 3, previousEventId: 2, type: 'TaskSubmitted' },
          taskSubmittedEventDetails: {
            resourceType: 'batch',
            resource: 'submitJob.sync',
            output: '{"JobId":"j"}',
          },
        },
      ],
    },
  ];
  const machineArn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:dev-demand-execution';
  const arn = 'arn:aws:states:eu-west-1:123456789012:execution:dev-demand-execution:run-1';
  const scripted = new AwsExecutionHistories(
    new SFNClient({ region, endpoint: api.endpoint, credentials: CREDENTIALS }),
  );
  const events = [];
  for await (const event of scripted.history(arn)) events.push(event);
  const told = { timestamp: 1_500, machine: machineArn };
  expect(events).toEqual([
    { ...told, type: 'ExecutionStarted' },
    { ...told, type: 'StateEntered', state: 'RunJob', input: '{"a":1}' },
    { ...told, type: 'TaskSubmitted', state: 'RunJob', jobId: 'j' },
  ]);
  expect(api.requests).toMatchObject([{ executionArn: arn }, { nextToken: 'more' }]);
});
