import { BatchClient } from '@aws-sdk/client-batch';
import { ECRClient } from '@aws-sdk/client-ecr';
import { AwsJobDefinitions } from '../../../src/adapters/aws/aws-job-definitions';
import { AwsJobQueues } from '../../../src/adapters/aws/aws-job-queues';
import { AwsRepositories } from '../../../src/adapters/aws/aws-repositories';
import { UNRESTRICTED } from '../../../src/rules/model';
import { prepareBatchArgs } from '../../../src/steps/prepare-batch-args';
import { endpoint } from '../../api/endpoint';
import { createJobQueue } from '../../api/job-queue';

const region = 'eu-west-1';
const batch = new BatchClient({ region, endpoint: endpoint() });
const jobDefinitions = new AwsJobDefinitions(batch);
const world = {
  jobDefinitions,
  jobQueues: new AwsJobQueues(batch),
  repositories: new AwsRepositories(new ECRClient({ region, endpoint: endpoint() })),
  uniqueId: () => 'unique',
  settings: {
    envBase: 'test',
    region,
    revisionsKept: 50,
    rules: UNRESTRICTED,
    accessPoints: 'unknown' as const,
  },
};
const keeping = (revisionsKept: number) => ({ ...world, settings: { ...world.settings, revisionsKept } });

let name: string;
let count = 0;
beforeEach(() => {
  name = `test-tool-${String(count++).padStart(64, '0')}`;
});

beforeAll(async () => {
  await createJobQueue(batch, 'queue');
  await createJobQueue(batch, 'closed', 'DISABLED');
});

const request = (changes = {}) => ({
  image: 'ghcr.io/acme/tool:1',
  job_definition_name: name,
  job_name: 'job',
  job_queue_name: 'queue',
  job_definition_tags: { USER: 'ada' },
  command: ['/bin/bash', '-c', 'true'],
  environment: { EXECUTION_ID: 'one' },
  resource_requirements: [
    { type: 'MEMORY', value: '512' },
    { type: 'VCPU', value: '1' },
  ],
  retry_strategy: {
    attempts: 5,
    evaluateOnExit: [
      { action: 'RETRY', onStatusReason: 'Host EC2*' },
      { action: 'EXIT', onStatusReason: '*' },
    ],
  },
  mount_points: [{ containerPath: '/opt/efs/scratch', readOnly: false, sourceVolume: 'scratch-1' }],
  volumes: [
    {
      name: 'scratch-1',
      efsVolumeConfiguration: {
        fileSystemId: 'fs-1234abcd',
        rootDirectory: '/',
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId: 'fsap-1234abcd', iam: 'DISABLED' },
      },
    },
  ],
  ...changes,
});

const arnsOf = async () => (await jobDefinitions.active(name)).map(({ arn }) => arn);
const arnOf = async (changes = {}) => (await prepareBatchArgs(request(changes), world)).job_definition_arn;

describe('a job definition', () => {
  test("is registered once for all values of a demand's parameters", async () => {
    const first = await arnOf();
    expect(await arnOf({ environment: { EXECUTION_ID: 'two' }, job_name: 'other' })).toBe(first);
    expect(await arnsOf()).toEqual([first]);
  });

  test.each([
    ['image', { image: 'ghcr.io/acme/tool:2' }],
    ['command', { command: ['/bin/bash', '-c', 'false'] }],
    ['role', { job_role_arn: 'arn:aws:iam::123456789012:role/other' }],
    ['user', { job_definition_tags: { USER: 'bob' } }],
    [
      'memory',
      { resource_requirements: request().resource_requirements.with(0, { type: 'MEMORY', value: '1024' }) },
    ],
    ['privileges', { privileged: true }],
    ['retries', { retry_strategy: { attempts: 1 } }],
    ['volumes', { volumes: [], mount_points: [] }],
  ])('has a revision of its own for another %s', async (_, changes) => {
    const first = await arnOf();
    const second = await arnOf(changes);
    expect(await arnsOf()).toEqual([first, second]);
    expect(await arnOf()).toBe(first);
    expect(await arnOf(changes)).toBe(second);
  });

  test('is registered once by eight concurrent executions', async () => {
    const arns = await Promise.all(Array.from({ length: 8 }, () => arnOf()));
    expect(new Set(arns).size).toBe(1);
    expect(await arnsOf()).toEqual([arns[0]]);
  });

  test('keeps the configured number of revisions, the newest ones', async () => {
    const few = keeping(3);
    const arns: string[] = [];
    for (const user of ['a', 'b', 'c', 'd', 'e'])
      arns.push(
        (await prepareBatchArgs(request({ job_definition_tags: { USER: user } }), few)).job_definition_arn,
      );
    expect(await arnsOf()).toEqual(arns.slice(2));
  });

  test("of another service's name keeps all revisions", async () => {
    name = `somebody-elses-${count}`;
    const few = keeping(1);
    await prepareBatchArgs(request(), few);
    await prepareBatchArgs(request({ privileged: true }), few);
    expect(await arnsOf()).toHaveLength(2);
  });
});

describe('a refused demand registers nothing', () => {
  test.each([
    ['an unknown queue', 'JobQueueNotFound', { job_queue_name: 'no-such-queue' }, 'does not exist'],
    ['a disabled queue', 'JobQueueNotFound', { job_queue_name: 'closed' }, 'is disabled'],
    ['an unknown repository', 'ImageNotFound', { image: 'no-such-repository:1' }, 'no-such-repository'],
    ['missing resources', 'DemandValidationError', { resource_requirements: [] }, 'MEMORY is missing'],
    ['a job name with a space', 'DemandValidationError', { job_name: 'a b' }, '/job_name'],
  ])('for %s, as %s', async (_, error, changes, message) => {
    await expect(prepareBatchArgs(request(changes), world)).rejects.toMatchObject({
      name: error,
      message: expect.stringContaining(message),
    });
    expect(await arnsOf()).toEqual([]);
  });
});
