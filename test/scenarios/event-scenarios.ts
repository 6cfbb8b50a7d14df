/** Events with an invalid request. */
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { STATUS_DETAIL_TYPE, STATUS_SOURCE } from '../../src/events/model';
import { type BusEvent, listen } from './event-listener';
import { eventually } from './executions';
import { COPY, demand } from './scenarios';
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
