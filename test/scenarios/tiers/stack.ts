/** Opens a deployed stack as a tier, from the outputs of the stack. */
import { randomBytes } from 'node:crypto';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { withoutEmpty } from '../../../src/wire/json';
import { removeData, seedData } from '../data';
import type { ClientSettings, Tier } from './model';

export interface StackOptions {
  readonly name: string;
  readonly settings: ClientSettings;
  readonly stage: string;
  /** An existing bucket. */
  readonly bucket: string;
  readonly pollMs: number;
  readonly fileSystems?: string;
}

/** Puts the scenarios' data into the bucket; `stop` removes them. @throws Error when an output is missing */
export async function openStackTier(options: StackOptions): Promise<Tier> {
  const { name, settings, bucket, pollMs, fileSystems } = options;
  const stackName = `demand-executions-${options.stage}`;
  const output = await outputsOf(stackName, settings);
  const runId = `s${randomBytes(4).toString('hex')}`;
  const data = { bucket, prefix: `scenarios/${runId}/` };
  // Only AWS has a host name for each bucket.
  const s3 = new S3Client({ ...settings, forcePathStyle: settings.endpoint !== undefined });
  const sfn = new SFNClient(settings);
  await seedData(s3, data);
  return {
    ...{ name, settings, s3, sfn, stackName, data, runId, pollMs },
    stateMachineArn: output('DemandExecutionStateMachineArn'),
    eventBusName: output('DemandBusName'),
    topicArn: output('NotificationTopicArn'),
    jobQueueName: output('JobQueueArn').replace(/^.*\//, ''),
    fileSystemId: output('FileSystemId'),
    environment: await environmentOf(settings, sfn),
    ...withoutEmpty({ fileSystems }),
    stop: () => removeData(s3, data),
  };
}

async function outputsOf(stackName: string, settings: ClientSettings): Promise<(key: string) => string> {
  const client = new CloudFormationClient(settings);
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const values = new Map((Stacks[0]?.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue]));
  return (key) => {
    const value = values.get(key);
    if (value === undefined) throw new Error(`The stack ${stackName} has no output ${key}: deploy it again`);
    return value;
  };
}

/** Resolves the credentials: the aws command line may support fewer sources than the SDK. */
async function environmentOf({ endpoint, region }: ClientSettings, sfn: SFNClient) {
  const { accessKeyId, secretAccessKey, sessionToken } = await sfn.config.credentials();
  const { AWS_PROFILE: _, AWS_SESSION_TOKEN: __, AWS_ENDPOINT_URL: ___, ...others } = process.env;
  return {
    ...others,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...withoutEmpty({ AWS_SESSION_TOKEN: sessionToken, AWS_ENDPOINT_URL: endpoint }),
  };
}
