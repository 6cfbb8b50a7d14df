/** What is told of a demand: to whom its `notify_list` names, and to whoever listens on the bus. */
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
  test('a demand tells those it names of what they asked for, and the bus of all', async () => {
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
        // That it runs was not asked for.
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

/** As docs/events.md says it is done: a subscription chooses by the names that a demand lists. */
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
