/** A queue of one scenario, for messages of the service. */
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { eventually } from './executions';
import type { Tier } from './tier';

export class Inbox {
  readonly #received: unknown[] = [];

  private constructor(
    private readonly tier: Tier,
    private readonly client: SQSClient,
    private readonly url: string,
    readonly arn: string,
  ) {}

  /** @param service the service that may send messages, on behalf of the resource with the ARN `source` */
  static async open(tier: Tier, name: string, service: string, source: string): Promise<Inbox> {
    const client = new SQSClient(tier.settings);
    const queue = await client.send(new CreateQueueCommand({ QueueName: `${tier.runId}-${name}` }));
    const url = queue.QueueUrl ?? '';
    const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
    const { Attributes } = await client.send(asked);
    const inbox = new Inbox(tier, client, url, Attributes?.QueueArn ?? '');
    await inbox.#letIn(service, source);
    return inbox;
  }

  async #letIn(service: string, source: string): Promise<void> {
    const statement = {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sqs:SendMessage',
      Resource: this.arn,
      Condition: { ArnLike: { 'aws:SourceArn': source } },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await this.client.send(new SetQueueAttributesCommand({ QueueUrl: this.url, Attributes: { Policy } }));
  }

  /** Waits until the predicate accepts the messages. @returns all messages, in the order of their arrival */
  async until<Message>(isAwaited: (all: readonly Message[]) => boolean): Promise<readonly Message[]> {
    await eventually(this.tier, async () => {
      await this.#receive();
      return isAwaited(this.#received as Message[]);
    });
    return this.#received as Message[];
  }

  async #receive(): Promise<void> {
    const QueueUrl = this.url;
    const asked = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
    const { Messages = [] } = await this.client.send(asked);
    if (Messages.length === 0) return;
    this.#received.push(...Messages.map(({ Body = '' }) => JSON.parse(Body)));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await this.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }

  async close(): Promise<void> {
    await this.client.send(new DeleteQueueCommand({ QueueUrl: this.url }));
  }
}
