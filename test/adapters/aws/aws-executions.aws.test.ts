import { CreateStateMachineCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { AwsExecutions } from '../../../src/adapters/aws/aws-executions';
import { intake } from '../../../src/steps/intake';
import { endpoint } from '../../api/endpoint';
import { demandOf } from '../../demand/arbitraries';
import { MemoryBus } from '../../events/worlds';
import { stepWorld } from '../../steps/worlds';
import { useScriptedApi } from './scripted-api';

const region = 'eu-west-1';
const settings = { region, endpoint: endpoint() };
const api = useScriptedApi();

const sfn = new SFNClient(settings);
let executions: AwsExecutions;
let count = 0;
beforeEach(async () => {
  const definition = JSON.stringify({
    StartAt: 'Wait',
    States: { Wait: { Type: 'Wait', Seconds: 60, End: true } },
  });
  const roleArn = 'arn:aws:iam::123456789012:role/machine';
  const command = new CreateStateMachineCommand({ name: `events-${count++}`, definition, roleArn });
  const { stateMachineArn } = await sfn.send(command);
  executions = new AwsExecutions(sfn, stateMachineArn);
});

test('two equal starts make one execution with the given name', async () => {
  const arn = await executions.start('run-1', '{"a":1}');
  expect(arn).toBe(executions.arnOf('run-1'));
  expect(await executions.start('run-1', '{"a":1}')).toBe(arn);
  expect(await executions.describe(arn ?? '')).toMatchObject({ status: 'RUNNING', input: '{"a":1}' });
});

test('a start with another input, or after the end, starts nothing', async () => {
  const arn = await executions.start('run-1', '{"a":1}');
  expect(await executions.start('run-1', '{"a":2}')).toBeUndefined();
  await executions.stop(arn ?? '', 'because');
  await executions.stop(arn ?? '', 'because');
  expect(await executions.describe(arn ?? '')).toMatchObject({ status: 'ABORTED' });
  expect(await executions.start('run-1', '{"a":1}')).toBeUndefined();
});

test('a missing execution is an error', async () => {
  await expect(executions.describe(executions.arnOf('none'))).rejects.toMatchObject({
    name: 'ExecutionDoesNotExist',
  });
});

test('a repeated event starts nothing, also after the end; another demand with the same id is refused', async () => {
  const bus = new MemoryBus();
  const world = { ...stepWorld(), executions, bus };
  const eventOf = (detail: object) => ({ id: 'event', time: '2026-01-02T03:04:05Z', detail });
  const first = await intake(eventOf(demandOf()), world);
  expect(await intake(eventOf(demandOf()), world)).toEqual(first);
  await sfn.send(new StopExecutionCommand({ executionArn: first.execution_arn }));
  expect(await intake(eventOf(demandOf()), world)).toEqual(first);
  expect(bus.told).toEqual([]);
  expect(await intake(eventOf(demandOf({ command: ['false'] })), world)).toEqual({ status: 'REFUSED' });
  expect(bus.told).toMatchObject([{ status: 'REFUSED', failure: { error: 'ExecutionAlreadyExists' } }]);
  const rerun = { ...demandOf({ command: ['false'] }), attempt: 2 };
  expect(await intake(eventOf(rerun), world)).toMatchObject({
    execution_arn: executions.arnOf('run-1--2'),
  });
});

test('a description has the number of redrives and the time of the end', async () => {
  api.answers = [{ status: 'ABORTED', stopDate: 1.5, redriveCount: 2 }];
  const scripted = new AwsExecutions(new SFNClient({ region, endpoint: api.endpoint }));
  expect(await scripted.describe('arn')).toEqual({ status: 'ABORTED', endedAt: 1_500, redriveCount: 2 });
});
