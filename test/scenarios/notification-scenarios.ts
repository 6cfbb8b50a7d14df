/** Notifications for the names in a demand's `notify_list`, and status events on the bus. */
import { SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { type BusEvent, type Listener, listen } from './event-listener';
import { ended, start } from './executions';
import { Inbox } from './inbox';
import { COPY, demand, ENDS, uriOf } from './scenarios';
import type { Tier } from './tier';

interface Notification {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Value: string }>>;
}

export function notificationScenarios(on: () => Tier): void {
  test('a demand sends the requested notifications to its list, and all statuses to the bus', async () => {
    const tier = on();
    const id = `${tier.runId}-notifies`;
    const metadata = { notify_on: { COMPLETED: true }, notify_list: [id, 'others'] };
    const [messages, statuses] = [await subscribe(tier, id), await listen(tier, id)];
    try {
      const notifying = { ...demand(tier, id, COPY), execution_metadata: metadata };
      const arn = await start(tier, notifying);
      expect(await ended(tier, arn)).toMatchObject(ENDS.success);
      const events = await statuses.inbox.until<BusEvent>(
        (all) => new Set(all.map(({ detail }) => detail.status)).size === 2,
      );
      const of = (status: string) => events.find(({ detail }) => detail.status === status)?.detail;
      expect(of('RUNNING')).toMatchObject({ execution_id: id, execution_arn: arn, sequence: 0 });
      const succeeded = { execution_id: id, execution_arn: arn, sequence: 1, status: 'SUCCEEDED' };
      const outputs = [{ name: 'out', uri: uriOf(tier, `${id}/out`), files: 1, bytes: 5 }];
      expect(of('SUCCEEDED')).toMatchObject({ ...succeeded, outputs });
      const told = await messages.inbox.until<Notification>((all) => all.length > 0);
      for (const { Subject, Message, MessageAttributes } of told) {
        // The demand does not ask for notifications of RUNNING.
        expect(Subject).toBe(`Demand ${id}: SUCCEEDED`);
        expect(JSON.parse(Message)).toMatchObject({ ...succeeded, outputs });
        expect(MessageAttributes.status?.Value).toBe('SUCCEEDED');
      }
    } finally {
      await messages.close();
      await statuses.close();
    }
  });
}

/** Subscribes as in docs/events.md: a subscription filters by the names in a demand's list. */
async function subscribe(tier: Tier, name: string): Promise<Listener> {
  const { topicArn: TopicArn } = tier;
  const client = new SNSClient(tier.settings);
  const inbox = await Inbox.open(tier, 'messages', 'sns.amazonaws.com', TopicArn);
  const Attributes = { FilterPolicy: JSON.stringify({ notify_list: [name] }) };
  const { SubscriptionArn } = await client.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: inbox.arn,
      Attributes,
      ReturnSubscriptionArn: true,
    }),
  );
  return {
    inbox,
    async close() {
      await client.send(new UnsubscribeCommand({ SubscriptionArn }));
      await inbox.close();
    },
  };
}
