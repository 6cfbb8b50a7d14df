/** Publishes notifications to one SNS topic. Its subscriptions filter messages by their attributes. */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notification, Notifications } from '../../events/notification';
import { visibleJson } from '../../visible';

export class AwsNotifications implements Notifications {
  constructor(
    private readonly client: SNSClient,
    private readonly topicArn: string,
  ) {}

  /**
   * Publishes a message. A filter matches a list when it matches one of its items.
   * https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
   */
  async publish({ subject, text, json, notifyList, status, executionType }: Notification): Promise<void> {
    const attribute = (StringValue: string, DataType = 'String') => ({ DataType, StringValue });
    await this.client.send(
      new PublishCommand({
        TopicArn: this.topicArn,
        Subject: subject,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: json, email: text }),
        MessageAttributes: {
          notify_list: attribute(visibleJson(notifyList), 'String.Array'),
          status: attribute(status),
          execution_type: attribute(executionType),
        },
      }),
    );
  }
}
