import { randomUUID } from 'node:crypto';
import { BatchClient } from '@aws-sdk/client-batch';
import { ECRClient } from '@aws-sdk/client-ecr';
import { AwsJobDefinitions } from '../../src/adapters/aws/aws-job-definitions';
import { AwsJobQueues } from '../../src/adapters/aws/aws-job-queues';
import { AwsRepositories } from '../../src/adapters/aws/aws-repositories';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { readJobSettings } from '../../src/batch/retries/settings';
import { planNextJob } from '../../src/steps/prepare-batch-args';
import { withoutEmpty } from '../../src/wire/json';
import { accessPoints } from '../access-points';
import { logged } from '../logging';
import { executionRoleArn, layoutSettings, revisionsKept } from '../settings';

const batchClient = new BatchClient(CLIENT_SETTINGS);
const jobDefinitions = new AwsJobDefinitions(batchClient);
const jobQueues = new AwsJobQueues(batchClient);
const jobs = readJobSettings(process.env.JOB_SETTINGS);
const repositories = new AwsRepositories(new ECRClient(CLIENT_SETTINGS));

export const handler = logged((event: unknown) =>
  planNextJob(event, {
    jobDefinitions,
    jobQueues,
    repositories,
    uniqueId: randomUUID,
    settings: { ...layoutSettings, accessPoints, ...withoutEmpty({ executionRoleArn }), revisionsKept, jobs },
  }),
);
