import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { AwsSweepBus } from '../../../src/adapters/aws/aws-sweep-bus';
import { sweepEvent } from '../../../src/sweep/event';
import { CREDENTIALS, useScriptedApi } from './scripted-api';

const api = useScriptedApi();
const bus = () =>
  new AwsSweepBus(
    new EventBridgeClient({ region: 'eu-west-1', endpoint: api.endpoint, credentials: CREDENTIALS }),
    'dev-demand',
  );
const event = sweepEvent({
  envBase: 'dev-demand',
  execution: 'arn:sweep',
  isDryRun: false,
  startedAt: '2026-01-01T00:00:00Z',
  stoppedAt: '2026-01-01T00:01:00Z',
  parts: [],
  failedParts: [],
});

test('the report is an event of the stage, about the execution of the sweep', async () => {
  await bus().put(event);
  const [request] = api.requests as { Entries: { Detail: string }[] }[];
  expect(request?.Entries).toMatchObject([
    {
      EventBusName: 'dev-demand',
      Source: 'demand-executions',
      DetailType: 'DemandExecution Sweep',
      Resources: ['arn:sweep'],
    },
  ]);
  expect(JSON.parse(request?.Entries[0]?.Detail ?? '')).toEqual(event);
});
