import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { readConfig } from '../../deployment/config';
import { stackOf } from '../../deployment/stack';
import { DEFAULT_JOB_SETTINGS, readJobSettings } from '../../src/batch/retries/settings';
import { withoutEmpty } from '../../src/wire/json';

/** The framework loads these files as plain JavaScript. */
const { readConfigFile } = jest.requireActual<{ readConfigFile(stage: string): { file: string } }>(
  '../../deployment/load.cjs',
);
const readStack = jest.requireActual<
  (variables: { resolveVariable: () => Promise<string> }) => Promise<unknown>
>('../../deployment/variables.cjs');
const given = (file: string) => parse(readFileSync(join('config', file), 'utf8'));
const BROUGHT = given('default.yml');
const CREATED = given('local.yml');
const mistakesOf = (config: unknown) => {
  try {
    readConfig(config, 'config/x.yml');
    return [];
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1);
  }
};
const resourcesOf = (config: object) =>
  stackOf(config, 'config/x.yml', 'x').resources.Resources as Record<string, { Type: string }>;
const countOf = (config: object, type: string) =>
  Object.values(resourcesOf(config)).filter(({ Type }) => Type === type).length;

test.each(['default.yml', 'local.yml'])('%s matches its schema', (file) => {
  const schema = JSON.parse(
    readFileSync(join('schemas', 'generated', 'deployment-config.schema.json'), 'utf8'),
  );
  const isConfig = new Ajv({ strict: false }).compile(schema);
  expect(isConfig(given(file)) ? [] : isConfig.errors).toEqual([]);
  expect(readFileSync(join('config', file), 'utf8')).toMatch(
    /^# yaml-language-server: \$schema=\.\.\/schemas\/generated\/deployment-config\.schema\.json\n/,
  );
});

test('the error names every mistake, with its place', () => {
  const config = {
    ...BROUGHT,
    network: { subnetIds: [], securityGroupIds: ['sg-1'] },
    fileSystem: {},
    jobQueue: { create: { maxVcpu: 3 } },
    buckets: undefined,
    alarms: { email: 'me' },
  };
  expect(mistakesOf(config)).toEqual([
    '/network/subnetIds: expected at least one, got []',
    '/network/securityGroupIds/0: expected a security group id, sg-..., got "sg-1"',
    '/jobQueue/create/maxVcpu: is not known; expected one of name, maxVcpus, instanceTypes, diskGib',
    '/buckets: is missing',
    '/alarms/email: expected an e-mail address, got "me"',
    expect.stringMatching(/^\/fileSystem: is not known; expected one of \$schema, network, fileSystems, /),
  ]);
});

test.each([
  [
    'an existing file system in a created network',
    { ...CREATED, fileSystems: BROUGHT.fileSystems },
    /^\/fileSystems\/0: an existing file system/,
  ],
  [
    'created resources without the VPC of the network',
    { ...BROUGHT, jobQueue: CREATED.jobQueue },
    /^\/network\/vpcId: is missing/,
  ],
  [
    'two receivers of alarms',
    { ...CREATED, alarms: { email: 'me@example.org', topicArn: 'arn:aws:sns:us-west-2:111122223333:x' } },
    /^\/alarms: give topicArn or email/,
  ],
  [
    'two file systems with one name',
    { ...CREATED, fileSystems: [...CREATED.fileSystems, ...CREATED.fileSystems] },
    /^\/fileSystems: expected a unique name for each file system/,
  ],
])('the configuration refuses %s', (_, config, message) => {
  expect(mistakesOf(config)).toEqual([expect.stringMatching(message)]);
});

test('a named configuration file that does not exist is refused, not replaced by the default', () => {
  const [{ DEPLOYMENT_CONFIG: before }, missing] = [process.env, 'config/mistyped.yml'];
  process.env.DEPLOYMENT_CONFIG = missing;
  try {
    expect(() => readConfigFile('dev')).toThrow(missing);
  } finally {
    if (before === undefined) delete process.env.DEPLOYMENT_CONFIG;
    else process.env.DEPLOYMENT_CONFIG = before;
  }
  expect(readConfigFile('no-such-stage').file).toBe('config/default.yml');
});

test.each([
  ['does not exist', undefined, /mine\.yml cannot be read .*ENOENT/],
  ['is not YAML', 'network: [', /mine\.yml is not YAML/],
  ['is empty', '', /mine\.yml has mistakes:\n {2}\(the file\): expected an object with fields, got null/],
])('the refusal of a file that %s has a message and no stack trace', async (_, content, told) => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  const file = join(folder, 'mine.yml');
  if (content !== undefined) writeFileSync(file, content);
  const before = process.env.DEPLOYMENT_CONFIG;
  process.env.DEPLOYMENT_CONFIG = file;
  const error = await readStack({ resolveVariable: async () => 'dev' }).catch((each: Error) => each);
  if (before === undefined) delete process.env.DEPLOYMENT_CONFIG;
  else process.env.DEPLOYMENT_CONFIG = before;
  rmSync(folder, { recursive: true });
  expect(error).toMatchObject({ message: expect.stringMatching(told) });
  expect((error as Error).stack).toBe((error as Error).message);
});

test.each([
  ['nothing', {}, { concurrency: 10, batchConcurrency: 20 }],
  ['the number of inputs', { concurrency: 40 }, { concurrency: 40, batchConcurrency: 20 }],
  ['the number of batches', { batchConcurrency: 1 }, { concurrency: 10, batchConcurrency: 1 }],
])('a stage that configures %s gives the Maps both numbers', (_, staging, numbers) => {
  expect(stackOf({ ...BROUGHT, staging }, 'config/x.yml', 'x').staging).toEqual(numbers);
});

test.each([0, 41, 1.5, '10'])('a stage may not ask for %j iterations at once', (given) => {
  const expected = `expected a whole number of 1 to 40, got ${JSON.stringify(given)}`;
  const staging = { concurrency: given, batchConcurrency: given };
  expect(mistakesOf({ ...BROUGHT, staging })).toEqual([
    `/staging/concurrency: ${expected}`,
    `/staging/batchConcurrency: ${expected}`,
  ]);
});

test('the id of an access point has the form that Lambda accepts', () => {
  const rootAccessPointArn = 'arn:aws:elasticfilesystem:us-west-2:111122223333:access-point/fsap-0123abcd';
  const fileSystems = [{ ...BROUGHT.fileSystems[0], rootAccessPointArn }];
  expect(mistakesOf({ ...BROUGHT, fileSystems })).toEqual([
    expect.stringMatching(/^\/fileSystems\/0\/rootAccessPointArn: expected the ARN of an access point/),
  ]);
});

test('the stack creates no resource that the stage already has', () => {
  const types = new Set(Object.values(resourcesOf(BROUGHT)).map(({ Type }) => Type.split('::')[1]));
  expect([...types].sort()).toEqual(['CloudWatch', 'Events', 'Logs']);
});

test('the stack creates the other resources in an existing network', () => {
  const network = { ...BROUGHT.network, vpcId: 'vpc-0123456789abcdef0' };
  const config = { ...CREATED, network };
  expect(countOf(config, 'AWS::EC2::VPC')).toBe(0);
  expect(countOf(config, 'AWS::EFS::MountTarget')).toBe(2);
  expect(resourcesOf(config).MountTargetSecurityGroup).toMatchObject({
    Properties: { VpcId: 'vpc-0123456789abcdef0' },
  });
});

test('a file system has an access point for each role and one for the functions', () => {
  expect(countOf(CREATED, 'AWS::EFS::AccessPoint')).toBe(4);
  expect(countOf(CREATED, 'AWS::EFS::MountTarget')).toBe(2);
});

test('a network with a NAT gateway has no interface endpoints', () => {
  const config = { ...CREATED, network: { create: { natGateway: true } } };
  expect(countOf(CREATED, 'AWS::EC2::VPCEndpoint')).toBe(11);
  expect(countOf(config, 'AWS::EC2::VPCEndpoint')).toBe(1);
  expect(countOf(config, 'AWS::EC2::NatGateway')).toBe(1);
});

test('each subnet is a quarter of the network', () => {
  const blocks = Object.values(resourcesOf({ ...CREATED, network: { create: { natGateway: true } } }))
    .filter(({ Type }) => Type === 'AWS::EC2::Subnet')
    .map((subnet) => (subnet as unknown as { Properties: { CidrBlock: string } }).Properties.CidrBlock);
  expect(blocks).toEqual(['10.64.0.0/22', '10.64.4.0/22', '10.64.8.0/22']);
});

test('the stack creates a job role without permissions if the stage has no job role', () => {
  expect(resourcesOf(CREATED).JobRole).toEqual({
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: expect.anything() },
  });
  expect(resourcesOf(BROUGHT).JobRole).toBeUndefined();
});

describe('secrets', () => {
  const rule = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:demands/*';
  const parameter = 'arn:aws:ssm:us-west-2:111122223333:parameter/demands/token';
  const key = 'arn:aws:kms:us-west-2:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000';
  const stack = (secrets: object) => stackOf({ ...CREATED, secrets }, 'config/x.yml', 'x');

  test('by default a stage allows no secret, and has no execution role', () => {
    const { secrets, passedRoleArns } = stackOf(CREATED, 'config/x.yml', 'x');
    expect(secrets).toEqual({ allowed: '', executionRoleArn: '' });
    expect(passedRoleArns).toHaveLength(1);
    expect(resourcesOf(CREATED)).not.toHaveProperty('ExecutionRole');
  });

  test('the functions and the roles get the rules', () => {
    const { secrets, passedRoleArns } = stack({ allowed: [rule, parameter] });
    const executionRoleArn = { 'Fn::GetAtt': ['ExecutionRole', 'Arn'] };
    expect(secrets).toEqual({ allowed: `${rule},${parameter}`, executionRoleArn });
    expect(passedRoleArns).toContainEqual(executionRoleArn);
  });

  test('only endpoints of services with an allowed secret are created', () => {
    const endpoints = (allowed: string[]) =>
      Object.keys(resourcesOf({ ...CREATED, secrets: { allowed } })).filter((id) => /^S.+Endpoint$/.test(id));
    expect(endpoints([])).toEqual(['S3Endpoint', 'StatesEndpoint']);
    expect(endpoints([rule])).toContain('SecretsmanagerEndpoint');
    expect(endpoints([rule])).not.toContain('SsmEndpoint');
    expect(endpoints([parameter])).toContain('SsmEndpoint');
  });

  test.each([
    ['a rule for all secrets', ['arn:aws:secretsmanager:us-west-2:111122223333:secret:*']],
    ['a rule for all accounts', ['arn:aws:secretsmanager:us-west-2:*:secret:demands/*']],
    ['a secret without its six random characters', [rule.replace('/*', '')]],
    ['an asterisk in the middle', [rule.replace('demands', '*')]],
    ['a name alone', ['demands/token']],
    ['too many rules', Array.from({ length: 40 }, () => rule)],
  ])('%s is a mistake', (_, allowed) => {
    expect(mistakesOf({ ...CREATED, secrets: { allowed, kmsKeyArns: [key] } })).toHaveLength(1);
  });
});

test('with a user for jobs, no job is root on the file system, and the functions still are', () => {
  const [fileSystem] = CREATED.fileSystems;
  const create = { ...fileSystem.create, jobUserId: 1000 };
  const points = (config: object) =>
    Object.entries(resourcesOf(config) as Record<string, { Type: string; Properties?: object }>)
      .filter(([, { Type }]) => Type === 'AWS::EFS::AccessPoint')
      .map(([id, { Properties }]) => [id, Properties] as const);
  const user = { Uid: '1000', Gid: '1000' };
  for (const [id, properties] of points({ ...CREATED, fileSystems: [{ ...fileSystem, create }] }))
    expect(properties).toMatchObject(
      id.includes('Root')
        ? { PosixUser: { Uid: '0', Gid: '0' } }
        : {
            PosixUser: user,
            RootDirectory: {
              CreationInfo: { OwnerUid: '1000', OwnerGid: '1000', Permissions: '0755' },
            },
          },
    );
  const roles = points(CREATED).filter(([id]) => !id.includes('Root'));
  expect(roles).toHaveLength(3);
  for (const [, properties] of roles) {
    expect(properties).not.toHaveProperty('PosixUser');
    expect(properties).toMatchObject({ RootDirectory: { CreationInfo: { Permissions: '1777' } } });
  }
});

describe('the section jobs', () => {
  const settingsOf = (jobs?: object) =>
    readJobSettings(stackOf({ ...BROUGHT, ...withoutEmpty({ jobs }) }, 'config/x.yml', 'x').jobSettings);

  test('a stage without it has the default retries and time-outs', () => {
    expect(settingsOf()).toEqual(DEFAULT_JOB_SETTINGS);
  });

  test('its fields reach the function that decides about retries', () => {
    const jobs = {
      attemptDurationSeconds: 3_600,
      queueSeconds: 7_200,
      tellRunnableSeconds: 600,
      endRunnableSeconds: 86_400,
      memoryFactor: 1.5,
      maxMemory: 30_000,
      retryRules: [{ action: 'RETRY', onExitCode: '75', retries: 2, waitSeconds: 5 }],
    };
    expect(settingsOf(jobs)).toEqual(jobs);
  });

  test.each([
    [{ attemptDurationSeconds: 59 }, '/jobs/attemptDurationSeconds'],
    [{ attemptDurationSeconds: 15 * 86_400 }, '/jobs/attemptDurationSeconds'],
    [{ queueSeconds: 0 }, '/jobs/queueSeconds'],
    [{ endRunnableSeconds: 60 }, '/jobs/endRunnableSeconds'],
    [{ memoryFactor: 1 }, '/jobs/memoryFactor'],
    [{ retryRules: [{ action: 'RETRY', onReason: '${x}' }] }, '/jobs/retryRules/0/onReason'],
    [{ retryRules: [{ action: 'RETRY', reason: 'x' }] }, '/jobs/retryRules/0/reason'],
    [{ retryRules: Array(20).fill({ action: 'EXIT', onReason: 'x'.repeat(100) }) }, '/jobs/retryRules'],
  ])('%j is refused', (jobs, pointer) => {
    expect(mistakesOf({ ...BROUGHT, jobs })).toEqual([expect.stringMatching(`^${pointer}: `)]);
  });
});
