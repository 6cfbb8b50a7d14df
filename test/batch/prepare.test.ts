import { type BatchWorld, prepareBatchArgs } from '../../src/batch/prepare';
import { type BatchCreateRequest, batchCreateRequestSchema } from '../../src/batch/request';
import { readModel } from '../../src/wire/schema';
import type { Fields } from '../demand/arbitraries';
import { stepWorld } from '../steps/worlds';

const REQUEST = readModel(batchCreateRequestSchema, {
  image: 'docker.io/library/alpine:3',
  job_definition_name: 'name',
  job_queue_name: 'queue',
  environment: { B: '2', A: '1', ENV_BASE: 'theirs' },
  resource_requirements: { memory: 512, vcpus: 1 },
});

/** Records the definitions that are registered. */
function recording(changes: Partial<BatchWorld> = {}) {
  const registered: unknown[] = [];
  const world: BatchWorld = {
    ...stepWorld(),
    jobDefinitions: {
      active: async () => [],
      register: async (definition) => {
        registered.push(definition);
        return 'new';
      },
      deregister: async () => undefined,
    },
    ...changes,
  };
  const prepare = (fields: Partial<BatchCreateRequest> = {}) =>
    prepareBatchArgs({ ...REQUEST, ...fields }, world);
  return { registered, prepare };
}

test('the overrides have the values of the demand, by name; the values of the stage win', async () => {
  const { container_overrides: overrides } = await recording().prepare();
  expect(overrides).toEqual({
    Environment: [
      { Name: 'A', Value: '1' },
      { Name: 'AWS_REGION', Value: 'us-west-2' },
      { Name: 'B', Value: '2' },
      { Name: 'ENV_BASE', Value: 'dev' },
    ],
    ResourceRequirements: [
      { Type: 'MEMORY', Value: '512' },
      { Type: 'VCPU', Value: '1' },
    ],
  });
});

test('the definition has the values of the stage, and none of the demand', async () => {
  const { registered, prepare } = recording();
  expect((await prepare()).job_definition_arn).toBe('new');
  expect(registered).toMatchObject([
    {
      jobDefinitionName: 'name',
      parameters: {},
      containerProperties: {
        environment: [
          { name: 'AWS_REGION', value: 'us-west-2' },
          { name: 'ENV_BASE', value: 'dev' },
        ],
      },
    },
  ]);
});

test('a definition has a role and retries of its own when the request has them', async () => {
  const { registered, prepare } = recording();
  await prepare({ jobRoleArn: 'arn:role', retryStrategy: { attempts: 1 } });
  await prepare();
  expect(registered).toMatchObject([
    { containerProperties: { jobRoleArn: 'arn:role' }, retryStrategy: { attempts: 1 } },
    { retryStrategy: { attempts: 5 } },
  ]);
  expect(registered[1]).not.toHaveProperty('containerProperties.jobRoleArn');
});

test('a job without a name gets the name of its definition and a unique end', async () => {
  expect((await recording().prepare()).job_name).toBe('name-unique');
  expect((await recording().prepare({ jobName: 'mine' })).job_name).toBe('mine');
});

test('the definition has the full reference of an image that the request names by its repository', async () => {
  const { registered, prepare } = recording({ repositories: { uriOf: async (name) => `registry/${name}` } });
  await prepare({ image: 'tool:1' });
  expect(registered).toMatchObject([{ containerProperties: { image: 'registry/tool:1' } }]);
});

test.each<[string, Partial<BatchCreateRequest>, Partial<BatchWorld>, Fields]>([
  [
    'without memory',
    { resourceRequirements: [{ type: 'VCPU', value: '1' }] },
    {},
    { name: 'DemandValidationError', message: expect.stringContaining('MEMORY is missing') },
  ],
  [
    'with an unknown image',
    { image: 'nope' },
    {},
    { name: 'ImageNotFound', message: expect.stringContaining('"nope" is not an image reference') },
  ],
  [
    'for a missing queue',
    {},
    { jobQueues: { isEnabled: async () => undefined } },
    { name: 'JobQueueNotFound', message: expect.stringContaining('"queue" does not exist') },
  ],
  [
    'for a disabled queue',
    {},
    { jobQueues: { isEnabled: async () => false } },
    { name: 'JobQueueNotFound', message: expect.stringContaining('"queue" is disabled') },
  ],
])('a job %s is refused, and nothing is registered', async (_, fields, changes, refusal) => {
  const { registered, prepare } = recording(changes);
  await expect(prepare(fields)).rejects.toMatchObject(refusal);
  expect(registered).toEqual([]);
});

test('a refusal names memory and vCPUs together', async () => {
  await expect(recording().prepare({ resourceRequirements: [] })).rejects.toMatchObject({
    problems: [
      { pointer: '/resource_requirements', remedy: 'Add {"type": "MEMORY", "value": "2048"}' },
      { pointer: '/resource_requirements', remedy: 'Add {"type": "VCPU", "value": "1"}' },
    ],
  });
});

describe('secrets', () => {
  const valueFrom = 'arn:aws:ssm:us-west-2:111122223333:parameter/demands/token';
  const token = { name: 'TOKEN', valueFrom };
  const executionRoleArn = 'arn:aws:iam::111122223333:role/secrets';
  const allowing = (...allowedSecrets: string[]) => {
    const world = stepWorld();
    return recording({ settings: { ...world.settings, allowedSecrets, executionRoleArn } });
  };

  test('the definition has the secrets by name, and the role that reads them; the overrides have none', async () => {
    const { registered, prepare } = allowing('arn:aws:ssm:us-west-2:111122223333:parameter/demands/*');
    const other = { name: 'ALPHA', valueFrom: `${valueFrom}/alpha` };
    const args = await prepare({ secrets: [token, other] });
    expect(registered).toMatchObject([
      { containerProperties: { secrets: [other, token], executionRoleArn } },
    ]);
    expect(JSON.stringify(args)).not.toContain('TOKEN');
  });

  test('the execution role is no role of a job: the job could read all secrets of the stage with it', async () => {
    const { registered, prepare } = allowing('arn:aws:ssm:us-west-2:111122223333:parameter/demands/*');
    await expect(prepare({ jobRoleArn: executionRoleArn })).rejects.toMatchObject({
      problems: [{ pointer: '/job_role_arn', message: expect.stringContaining(executionRoleArn) }],
    });
    expect(registered).toEqual([]);
    await prepare({ jobRoleArn: `${executionRoleArn}-of-jobs` });
    expect(registered).toHaveLength(1);
  });

  test('a definition without secrets has no execution role', async () => {
    const { registered, prepare } = allowing('arn:aws:ssm:us-west-2:111122223333:parameter/demands/*');
    await prepare();
    expect(registered).toMatchObject([{ containerProperties: { secrets: [] } }]);
    expect(JSON.stringify(registered)).not.toContain('executionRoleArn');
  });

  test.each([
    ['a secret that the stage does not allow', token, 'does not allow arn:aws:ssm'],
    ['a text that is no ARN', { name: 'TOKEN', valueFrom: 'token' }, 'not the ARN'],
    ['an ARN that is no text', { name: 'TOKEN', valueFrom: 1 }, 'not the ARN'],
    ['a secret without the name of a variable', { name: 'my-token', valueFrom }, 'no name of a variable'],
  ])('%s is refused, and nothing is registered', async (_, secret, message) => {
    const { registered, prepare } = allowing('arn:aws:ssm:us-west-2:111122223333:parameter/other');
    await expect(prepare({ secrets: [secret as typeof token] })).rejects.toMatchObject({
      name: 'DemandValidationError',
      problems: [{ pointer: '/secrets/0', message: expect.stringContaining(message) }],
    });
    expect(registered).toEqual([]);
  });
});
