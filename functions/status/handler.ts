import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { AwsExecutions } from '../../src/adapters/aws/aws-executions';
import { AwsStatusBus } from '../../src/adapters/aws/aws-status-bus';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { demandStatus } from '../../src/steps/demand-status';
import { logged } from '../logging';
import { layoutSettings, required } from '../settings';

const executions = new AwsExecutions(new SFNClient(CLIENT_SETTINGS));
const bus = new AwsStatusBus(new EventBridgeClient(CLIENT_SETTINGS), required('EVENT_BUS_NAME'));

export const handler = logged((event: unknown) =>
  demandStatus(event, { executions, bus, settings: layoutSettings }),
);
