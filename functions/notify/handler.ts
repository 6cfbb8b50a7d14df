import { SNSClient } from '@aws-sdk/client-sns';
import { AwsNotifications } from '../../src/adapters/aws/aws-notifications';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { notify } from '../../src/steps/notify';
import { logged } from '../logging';
import { required } from '../settings';

const notifications = new AwsNotifications(
  new SNSClient(CLIENT_SETTINGS),
  required('NOTIFICATION_TOPIC_ARN'),
);

export const handler = logged((event: unknown) => notify(event, { notifications }));
