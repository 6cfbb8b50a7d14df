/** Sends records of failed events to the queue that a function names as its destination. */
import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** @throws Error when the ARN is of another service: no function here has a topic, bus or function as destination */
export async function tellQueue(arn: string, record: unknown, client: SQSClient): Promise<void> {
  const [, , service, , , QueueName] = arn.split(':');
  if (service !== 'sqs')
    throw new Error(`${arn} is not a queue: the local API sends failed events only to queues`);
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(record) }));
}
