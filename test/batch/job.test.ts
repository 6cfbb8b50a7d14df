import { type JobAttempt, mayRetry } from '../../local/api/jobs/job';
import { CLAIM_EXITS } from '../../src/batch/claim';
import { batchCreateRequest, type JobToCreate, RETRY_STRATEGY } from '../../src/batch/job';
import { jobDefinitionName, jobName, volumeName } from '../../src/batch/naming';
import { batchCreateRequestSchema } from '../../src/batch/request';
import { demandExecutionSchema } from '../../src/demand/model';
import type { Volume, VolumeRole } from '../../src/efs/model';
import { readModel } from '../../src/wire/schema';
import { demandOf, type Fields } from '../demand/arbitraries';

const NAMES = {
  envBase: 'dev',
  executionType: 'test',
  executionImage: 'docker.io/library/alpine:3',
  command: ['true'],
  executionId: 'run-1',
  params: {},
  inputs: [],
  outputs: [],
};

const volume = <R extends VolumeRole>(role: R): Volume & { role: R } => ({
  role,
  fileSystemId: 'fs-1',
  accessPointId: `fsap-${role}`,
  accessPointPath: `/${role}`,
  containerPath: `/opt/efs/${role}`,
});

function create(demand: Fields = {}, changes: Partial<JobToCreate> = {}) {
  return batchCreateRequest({
    demand: readModel(demandExecutionSchema, demandOf({}, demand)),
    names: NAMES,
    command: ['/bin/bash', '-c', 'true'],
    environment: new Map([
      ['B', '2'],
      ['A', '1'],
    ]),
    secrets: [],
    volumes: { scratch: volume('scratch'), shared: volume('shared') },
    privileged: false,
    ...changes,
  });
}

test('the step that registers the job reads the request as it was written', () => {
  expect(readModel(batchCreateRequestSchema, create())).toMatchObject({
    image: 'docker.io/library/alpine:3',
    jobDefinitionName: jobDefinitionName(NAMES),
    jobName: jobName(NAMES),
    jobQueueName: 'queue',
    command: ['/bin/bash', '-c', 'true'],
    environment: { A: '1', B: '2' },
    resourceRequirements: [
      { type: 'MEMORY', value: '512' },
      { type: 'VCPU', value: '1' },
    ],
    privileged: false,
  });
});

test('variables keep their order', () => {
  expect(Object.keys(create().environment as object)).toEqual(['B', 'A']);
});

test('the tag of a definition names the user, or says that the user is unknown', () => {
  expect(create({ execution_metadata: { user: 'ada' } })).toMatchObject({
    job_definition_tags: { USER: 'ada' },
  });
  expect(create()).toMatchObject({ job_definition_tags: { USER: 'unknown' } });
});

test('a role is in the request only when the demand has a role', () => {
  const platform = (role: Fields) => ({
    execution_platform: { aws_batch: { job_queue_name: 'queue', ...role } },
  });
  expect(create(platform({ job_role: 'arn:role' }))).toMatchObject({ job_role_arn: 'arn:role' });
  expect(create(platform({}))).not.toHaveProperty('job_role_arn');
});

test('each volume is mounted once, and only the shared volume is read-only', () => {
  const roles = ['scratch', 'shared', 'tmp'] as const;
  const { mount_points: mountPoints, volumes } = create(
    {},
    { volumes: { scratch: volume('scratch'), shared: volume('shared'), tmp: volume('tmp') } },
  );
  expect(mountPoints).toEqual(
    roles.map((role) => ({
      containerPath: `/opt/efs/${role}`,
      readOnly: role === 'shared',
      sourceVolume: volumeName(volume(role)),
    })),
  );
  expect(volumes).toMatchObject(
    roles.map((role) => ({
      name: volumeName(volume(role)),
      efsVolumeConfiguration: {
        fileSystemId: 'fs-1',
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId: `fsap-${role}` },
      },
    })),
  );
  expect(create().volumes).toHaveLength(2);
});

/** Matches as Batch does: an asterisk at the end stands for any text. */
const matches = (pattern: string | undefined, text: string) =>
  pattern === undefined || (pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern);

test('no rule retries a job because of an exit code of the claim', () => {
  const attempt = (exitCode: number): JobAttempt => ({
    startedAt: 0,
    stoppedAt: 0,
    statusReason: 'Essential container in task exited',
    container: { exitCode },
  });
  const retried = Object.values(CLAIM_EXITS).filter((code) => mayRetry(attempt(code), RETRY_STRATEGY));
  expect(retried).toEqual([]);
});

test.each([
  ['lost its host', 'Host EC2 (instance i-0a1b) terminated.', '', 'RETRY'],
  ['was not started in time', 'Task failed to start', 'DockerTimeoutError: slow', 'RETRY'],
  ['has no image', 'Task failed to start', 'CannotPullContainerError: no such image', 'EXIT'],
  ['has failed', 'Essential container in task exited', 'OutOfMemoryError', 'EXIT'],
])('the first rule for a job that %s decides', (_, statusReason, reason, action) => {
  const rules: readonly { action: string; onStatusReason: string; onReason?: string }[] =
    RETRY_STRATEGY.evaluateOnExit;
  const decides = rules.find(
    (rule) => matches(rule.onStatusReason, statusReason) && matches(rule.onReason, reason),
  );
  expect(decides?.action).toBe(action);
});

test('a job with a secret has the name of its variable and the ARN; any other job has no such field', () => {
  const valueFrom = 'arn:aws:ssm:us-west-2:111122223333:parameter/demands/token';
  const secrets = [
    {
      ...({
        valueFrom,
        arn: valueFrom,
        service: 'ssm',
        region: 'us-west-2',
        account: '111122223333',
      } as const),
      ...{ name: 'demands/token', parameter: 'api.token', environmentName: 'API_TOKEN' },
    },
  ];
  expect(create({}, { secrets }).secrets).toEqual([{ name: 'API_TOKEN', valueFrom }]);
  expect(create()).not.toHaveProperty('secrets');
});
