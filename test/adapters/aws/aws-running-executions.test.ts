import { SFNClient } from '@aws-sdk/client-sfn';
import { AwsRunningExecutions } from '../../../src/adapters/aws/aws-running-executions';
import { CREDENTIALS, useScriptedApi } from './scripted-api';

const api = useScriptedApi();
const running = () =>
  new AwsRunningExecutions(
    new SFNClient({ region: 'eu-west-1', endpoint: api.endpoint, credentials: CREDENTIALS, maxAttempts: 1 }),
    ['demands', 'transfers'],
  );
const execution = (startDate: number) => ({
  executionArn: 'x',
  stateMachineArn: 'y',
  name: 'z',
  status: 'RUNNING',
  startDate,
});

test('the oldest begin comes from all pages of all machines', async () => {
  api.answers = [
    { executions: [execution(30), execution(20)], nextToken: 'more' },
    { executions: [execution(10)] },
    { executions: [execution(15)] },
  ];
  expect(await running().oldestBegin()).toBe(10_000);
  expect(api.requests).toMatchObject([
    { stateMachineArn: 'demands', statusFilter: 'RUNNING' },
    { stateMachineArn: 'demands', nextToken: 'more' },
    { stateMachineArn: 'transfers', statusFilter: 'RUNNING' },
  ]);
});

test('without a running execution the begin is infinite', async () => {
  api.answers = [{ executions: [] }];
  expect(await running().oldestBegin()).toBe(Number.POSITIVE_INFINITY);
});

test('an execution without a begin counts as the oldest of all', async () => {
  api.answers = [{ executions: [{ name: 'x' }] }];
  expect(await running().oldestBegin()).toBe(0);
});

test('a failed call is an error', async () => {
  api.status = 400;
  api.answers = [{ __type: 'AccessDeniedException', message: 'no' }];
  await expect(running().oldestBegin()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
