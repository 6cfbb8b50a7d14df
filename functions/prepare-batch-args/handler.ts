import { randomUUID } from 'node:crypto';
import { BatchClient } from '@aws-sdk/client-batch';
import { ECRClient } from '@aws-sdk/client-ecr';
import { AwsJobDefinitions } from '../../src/adapters/aws-job-definitions';
import { AwsRepositories } from '../../src/adapters/aws-repositories';
import { prepareBatchArgs } from '../../src/steps/prepare-batch-args';
import { surroundings } from '../settings';

const jobDefinitions = new AwsJobDefinitions(new BatchClient());
const repositories = new AwsRepositories(new ECRClient());

export const handler = (event: unknown) =>
  prepareBatchArgs(event, { ...surroundings, jobDefinitions, repositories, uniqueId: randomUUID });
