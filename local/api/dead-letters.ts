/** Where a function's failures are told of: a queue, of which only the ARN is known. */
import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** @throws Error for a destination of another service: topics, buses and functions are not asked for here */
export async function tellQueue(arn: string, record: unknown, client: SQSClient): Promise<void> {
  const [, , service, , , QueueName] = arn.split(':');
  if (service !== 'sqs') throw new Error(`${arn} is no queue, and nothing else is told of failures here`);
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(record) }));
}
