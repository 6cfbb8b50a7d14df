import { BatchClient } from '@aws-sdk/client-batch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { AwsRevisions } from '../../src/adapters/aws/aws-revisions';
import { AwsRunningExecutions } from '../../src/adapters/aws/aws-running-executions';
import { AwsSweepBus } from '../../src/adapters/aws/aws-sweep-bus';
import { AwsUploads } from '../../src/adapters/aws/aws-uploads';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { systemClock } from '../../src/adapters/system-clock';
import { sweepAccount } from '../../src/steps/sweep-account';
import { accessPoints } from '../access-points';
import { lambdaCallTime } from '../call-time';
import { logged } from '../logging';
import { layoutSettings, listOf, required, routing, stateMachineArns } from '../settings';

const { envBase } = layoutSettings;
const uploads = new AwsUploads(new S3Client(CLIENT_SETTINGS));
const revisions = new AwsRevisions(new BatchClient(CLIENT_SETTINGS), envBase);
const running = new AwsRunningExecutions(new SFNClient(CLIENT_SETTINGS), stateMachineArns);
const bus = new AwsSweepBus(new EventBridgeClient(CLIENT_SETTINGS), required('EVENT_BUS_NAME'));
const settings = {
  envBase,
  request: JSON.parse(required('SWEEP_REQUEST')),
  fileSystemIds: routing.fileSystemIds,
  accessPoints,
  buckets: listOf('SWEEP_BUCKETS'),
  uploadRoles: listOf('SWEEP_UPLOAD_ROLES'),
};

export const handler = logged((event: unknown, context: Context) =>
  sweepAccount(event, {
    uploads,
    revisions,
    running,
    bus,
    // CloudWatch takes a line of JSON as metrics. The logger would put the metrics into a field.
    logMetric: (metric) => console.log(JSON.stringify(metric)),
    clock: systemClock,
    time: lambdaCallTime(context),
    settings,
  }),
);
