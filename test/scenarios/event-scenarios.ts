/** Events with an invalid request. */
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { STATUS_DETAIL_TYPE, STATUS_SOURCE } from '../../src/events/model';
import { putAll } from './data';
import { type BusEvent, listen } from './event-listener';
import { eventually } from './executions';
import { COPY, demand, uriOf } from './scenarios';
import type { Tier } from './tier';

export function eventScenarios(on: () => Tier): void {
  test('an invalid demand in an event is refused by an event, and starts nothing', async () => {
    const tier = on();
    const id = `${tier.runId}-refused`;
    const { resource_requirements: _, ...incomplete } = demand(tier, id, COPY);
    const { inbox, close } = await listen(tier, id);
    try {
      await put(tier, 'demand-executions.requests', 'DemandExecution', incomplete);
      const [refused] = await inbox.until<BusEvent>((all) => all.length > 0);
      expect(refused?.detail).toMatchObject({ status: 'REFUSED', execution_id: id, sequence: 0 });
      expect(JSON.stringify(refused?.detail)).toContain('resource_requirements');
      const { executions = [] } = await tier.sfn.send(
        new ListExecutionsCommand({ stateMachineArn: tier.stateMachineArn, maxResults: 1000 }),
      );
      expect(executions.map(({ name }) => name)).not.toContain(id);
    } finally {
      await close();
    }
  });
}

/** Each hostile demand with a part of the message that refuses it. */
const HOSTILE: Readonly<Record<string, readonly [(sound: Demand) => object, string]>> = {
  'too many levels': [
    (sound) => ({ ...sound, more: JSON.parse('['.repeat(600) + ']'.repeat(600)) }),
    'nested more than 500',
  ],
  'a pattern that V8 tries for ever': [(sound) => withFilter(sound, '(a|a)*c'), 'match none of the files'],
  'a pattern with millions of empty ways': [
    (sound) => withFilter(sound, `(?:${'|'.repeat(9_900)}a){900}b`),
    'more than 20000 parts',
  ],
  'patterns with thousands of classes': [
    (sound) => withFilter(sound, Array<string>(20).fill('\\w|'.repeat(2_000))),
    'too many classes',
  ],
  'ten thousand patterns': [
    (sound) =>
      withFilter(
        sound,
        Array.from({ length: 10_000 }, (_, index) => `x${index}`),
      ),
    'more than 1000 patterns',
  ],
  'a parameter for the loader of programs': [
    (sound) => withParameters(sound, { 'ld-preload': '/tmp/x.so' }),
    'LD_PRELOAD',
  ],
  'thousands of unknown references': [
    (sound) =>
      withParameters(
        sound,
        Object.fromEntries(Array.from({ length: 8_000 }, (_, index) => [`a${index}`, '${X}'])),
      ),
    'refers to no parameter',
  ],
  'escape sequences': [
    (sound) => ({ ...sound, execution_type: 'x\u001b[2J\nforged' }),
    '\\\\x1b[2J\\\\nforged',
  ],
};

type Demand = ReturnType<typeof demand>;

function withParameters(sound: Demand, params: object): object {
  const parameters = sound.execution_parameters;
  return { ...sound, execution_parameters: { ...parameters, params: { ...parameters.params, ...params } } };
}

function withFilter(sound: Demand, include: string | readonly string[]): object {
  const remote = sound.execution_parameters.params.data.split(' @ ')[0];
  return withParameters(sound, { data: { local: 'in', remote, include } });
}

export function hostileEventScenarios(on: () => Tier): void {
  test('each hostile demand in an event is refused by an event, and none becomes a dead event', async () => {
    const tier = on();
    const id = `${tier.runId}-hostile`;
    const sound = demand(tier, id, COPY, uriOf(tier, 'hostile/'));
    await putAll(tier.s3, tier.data, [[`hostile/${'a'.repeat(200)}`, 'x']]);
    const { inbox, close } = await listen(tier, id);
    try {
      const cases = Object.entries(HOSTILE);
      for (const [, [change]] of cases)
        await put(tier, 'demand-executions.requests', 'DemandExecution', change(sound));
      const told = await inbox.until<BusEvent>((all) => all.length >= cases.length);
      expect(told.map(({ detail }) => detail.status)).toEqual(cases.map(() => 'REFUSED'));
      const messages = told.map(({ detail }) => JSON.stringify(detail.failure?.message));
      for (const [name, [, part]] of cases)
        expect({ name, isTold: messages.some((message) => message.includes(part)) }).toEqual({
          name,
          isTold: true,
        });
    } finally {
      await close();
    }
  });
}

/** In an account Lambda would need three minutes, and the alarm of the queue would fire. */
export function deadEventScenarios(on: () => Tier): void {
  test('an event that fails every time is kept, with the reason', async () => {
    const tier = on();
    const id = `${tier.runId}-dead`;
    await put(tier, STATUS_SOURCE, STATUS_DETAIL_TYPE, { execution_id: id, notify_list: ['somebody'] });
    const dead = await deadEvent(tier, id);
    expect(dead).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { detail: { execution_id: id } },
      responsePayload: { errorType: 'DemandValidationError' },
    });
    expect(dead.requestContext.functionArn).toContain(':demand-executions-local-notify:');
  });
}

function put(tier: Tier, Source: string, DetailType: string, detail: object) {
  const Entries = [{ EventBusName: tier.eventBusName, Source, DetailType, Detail: JSON.stringify(detail) }];
  return new EventBridgeClient(tier.settings).send(new PutEventsCommand({ Entries }));
}

interface DeadEvent {
  readonly requestContext: { readonly functionArn: string };
}

/** Takes the event of this execution id from the queue, and leaves other events. */
async function deadEvent(tier: Tier, id: string): Promise<DeadEvent> {
  const client = new SQSClient(tier.settings);
  const { StackResourceDetail } = await new CloudFormationClient(tier.settings).send(
    new DescribeStackResourceCommand({ StackName: tier.stackName, LogicalResourceId: 'DeadEvents' }),
  );
  const QueueUrl = StackResourceDetail?.PhysicalResourceId;
  let found: DeadEvent | undefined;
  await eventually(tier, async () => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    const ours = Messages.find(({ Body = '' }) => Body.includes(id));
    if (ours === undefined) return false;
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: ours.ReceiptHandle }));
    found = JSON.parse(ours.Body ?? '');
    return true;
  });
  return found as DeadEvent;
}
