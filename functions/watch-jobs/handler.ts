import { BatchClient } from '@aws-sdk/client-batch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { AwsExecutions } from '../../src/adapters/aws/aws-executions';
import { AwsStatusBus } from '../../src/adapters/aws/aws-status-bus';
import { AwsWaitingJobs } from '../../src/adapters/aws/aws-waiting-jobs';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { readJobSettings } from '../../src/batch/retries/settings';
import { watchJobs } from '../../src/steps/watch-jobs';
import { logged } from '../logging';
import { layoutSettings, required } from '../settings';

const waiting = new AwsWaitingJobs(new BatchClient(CLIENT_SETTINGS));
const executions = new AwsExecutions(new SFNClient(CLIENT_SETTINGS));
const bus = new AwsStatusBus(new EventBridgeClient(CLIENT_SETTINGS), required('EVENT_BUS_NAME'));
const settings = {
  ...layoutSettings,
  stateMachineArn: required('STATE_MACHINE_ARN'),
  jobQueue: required('JOB_QUEUE'),
  jobs: readJobSettings(process.env.JOB_SETTINGS),
};

export const handler = logged((event: unknown) => watchJobs(event, { waiting, executions, bus, settings }));
