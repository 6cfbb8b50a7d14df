import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { AwsExecutions } from '../../src/adapters/aws/aws-executions';
import { AwsStatusBus } from '../../src/adapters/aws/aws-status-bus';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { isTransient } from '../../src/adapters/aws/transient';
import { verdictOn } from '../../src/adapters/s3/failures';
import { awsStores } from '../../src/adapters/stores';
import { intake } from '../../src/steps/intake';
import { withoutEmpty } from '../../src/wire/json';
import { accessPoints } from '../access-points';
import { lambdaCallTime } from '../call-time';
import { logged } from '../logging';
import { layoutSettings, required, signal } from '../settings';

const stores = awsStores(new S3Client(CLIENT_SETTINGS), []);
const executions = new AwsExecutions(new SFNClient(CLIENT_SETTINGS), required('STATE_MACHINE_ARN'));
const bus = new AwsStatusBus(new EventBridgeClient(CLIENT_SETTINGS), required('EVENT_BUS_NAME'));

export const handler = logged((event: unknown, context: Context) =>
  intake(event, {
    stores,
    signal,
    verdictOn,
    executions,
    bus,
    isTransient,
    ...withoutEmpty({ deadline: lambdaCallTime(context).deadline }),
    settings: { ...layoutSettings, accessPoints },
  }),
);
