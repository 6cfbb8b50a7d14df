/** Makes a job queue in the AWS of the tests. */
import {
  type BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
} from '@aws-sdk/client-batch';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { endpoint } from './endpoint';

export async function createJobQueue(
  batch: BatchClient,
  name: string,
  state: 'ENABLED' | 'DISABLED' = 'ENABLED',
): Promise<void> {
  const region = await batch.config.region();
  const { computeEnvironmentArn } = await batch.send(
    new CreateComputeEnvironmentCommand({
      computeEnvironmentName: `for-${name}`,
      type: 'UNMANAGED',
      serviceRole: await createServiceRole(`batch-${region}-${name}`),
    }),
  );
  await batch.send(
    new CreateJobQueueCommand({
      jobQueueName: name,
      state,
      priority: 1,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironmentArn }],
    }),
  );
}

async function createServiceRole(name: string): Promise<string | undefined> {
  const iam = new IAMClient({ region: 'us-east-1', endpoint: endpoint() });
  const command = new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: '{}' });
  return (await iam.send(command)).Role?.Arn;
}
