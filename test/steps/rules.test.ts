/** Each step that reads a demand or a request refuses what the rules of its stage forbid, and does nothing before. */
import { DemandValidationError } from '../../src/errors';
import type { DemandRules, UNRESTRICTED } from '../../src/rules/model';
import { buildContext } from '../../src/steps/build-context';
import { batchDataSync, dataSync } from '../../src/steps/data-sync';
import { dataSyncTask } from '../../src/steps/data-sync-task';
import { getDataPathStats } from '../../src/steps/get-data-path-stats';
import { getJsonFromFile } from '../../src/steps/get-json-from-file';
import { intake } from '../../src/steps/intake';
import { listDataPaths } from '../../src/steps/list-data-paths';
import { normalise } from '../../src/steps/normalise';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { planNextJob, prepareBatchArgs } from '../../src/steps/prepare-batch-args';
import { putJsonToFile } from '../../src/steps/put-json-to-file';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { scaffolding } from '../../src/steps/scaffolding';
import { scanOutdatedDataPaths } from '../../src/steps/scan-outdated-data-paths';
import { demandOf } from '../demand/arbitraries';
import { MemoryBus, MemoryExecutions } from '../events/worlds';
import { STAGE as STRICT_STAGE } from '../rules/stage';
import { STAGE, stepWorld } from './worlds';

const { documents: _, ...strict } = STRICT_STAGE;
const RULES: DemandRules = {
  ...strict,
  buckets: [],
  read: ['s3://input'],
  write: ['s3://output'],
};
const worldOf = () => stepWorld({ rules: RULES as typeof UNRESTRICTED });
const refused = async (answer: Promise<unknown>) => {
  const error = await answer.catch((thrown: unknown) => thrown);
  if (!(error instanceof DemandValidationError)) throw new Error('this was accepted', { cause: error });
  return error.problems.map(
    ({ pointer, message }) => `${pointer} ${/the rule (\S+) of the stage/.exec(message)?.[1]}`,
  );
};

const PARAMETERS = {
  params: { data: 's3://evil/in @ in', where: 'evil', out: 'out @ s3://${WHERE}/out' },
  inputs: ['data'],
  outputs: ['out'],
};
const FORBIDDEN = demandOf(PARAMETERS, {
  execution_image: 'docker.io/library/debian',
  execution_platform: {
    aws_batch: { job_queue_name: 'other', job_role: 'admin', timeout: { attempt_duration_seconds: 7200 } },
  },
  resource_requirements: { memory: '8192', vcpus: 8, gpu: 1 },
});
const REQUEST = {
  demand_execution: FORBIDDEN,
  context_manager_configuration: {
    privileged: true,
    output_data_sync_configuration: { temporary_request_payload_path: 's3://evil/plans' },
  },
};
const EVERY_RULE = [
  '/demand_execution/execution_parameters/params/data demands.read',
  '/demand_execution/execution_parameters/params/out demands.write',
  '/context_manager_configuration/output_data_sync_configuration/temporary_request_payload_path demands.write',
  '/demand_execution/execution_platform/aws_batch/job_queue_name demands.jobQueueArns',
  '/demand_execution/execution_image demands.images',
  '/context_manager_configuration/privileged demands.privileged',
  '/demand_execution/execution_platform/aws_batch/job_role jobRoleArns',
  '/demand_execution/resource_requirements/memory demands.maxMemoryMib',
  '/demand_execution/resource_requirements/vcpus demands.maxVcpus',
  '/demand_execution/resource_requirements/gpu demands.maxGpus',
  '/demand_execution/execution_platform/aws_batch/timeout/attempt_duration_seconds demands.maxAttemptDurationSeconds',
];

describe('a demand that is against every rule', () => {
  test('is refused by Normalise, with every rule by its name', async () => {
    expect(await refused(normalise(REQUEST, worldOf()))).toEqual(EVERY_RULE);
  });

  test('is refused by the function of the original, and by BuildContext, before anything is made', async () => {
    const world = worldOf();
    expect(await refused(scaffolding(REQUEST, world))).toEqual(EVERY_RULE);
    const volumes = await resolveEfs(REQUEST, stepWorld());
    expect(await refused(buildContext({ request: REQUEST, volumes }, world))).toEqual(EVERY_RULE);
    expect(world.made.size).toBe(0);
  });

  test('is refused by the intake, by an event', async () => {
    const world = { ...worldOf(), executions: new MemoryExecutions(), bus: new MemoryBus() };
    const event = { id: 'one', time: '2026-01-02T03:04:05Z', detail: REQUEST };
    expect(await intake(event, world)).toEqual({ status: 'REFUSED' });
    expect(JSON.stringify(world.bus.told)).toContain('the rule demands.privileged of the stage forbids');
    expect(world.executions.kept.size).toBe(0);
  });

  test('is told with its mistakes of form, all at once', async () => {
    const both = { ...FORBIDDEN, execution_type: 7 };
    const pointers = await refused(normalise(both, worldOf()));
    expect(pointers).toContain('/execution_type undefined');
    expect(pointers).toContain('/execution_parameters/params/data demands.read');
    expect(pointers).toContain('/execution_platform/aws_batch/job_queue_name demands.jobQueueArns');
    expect(pointers).toContain('/resource_requirements/gpu demands.maxGpus');
  });

  test('is accepted without rules', async () => {
    await expect(normalise(REQUEST, stepWorld())).resolves.toMatchObject({});
  });
});

test('nobody looks into the bucket of a forbidden input', async () => {
  const opened: string[] = [];
  const stores = {
    open: (location: { authority: string }) => {
      opened.push(location.authority);
      return stepWorld().stores.open();
    },
  };
  await refused(normalise(REQUEST, { ...worldOf(), stores }));
  expect(opened).toEqual([]);
});

test('an output below the prefix of all outputs is judged by its whole place', async () => {
  const parameters = {
    params: { out: 'out' },
    inputs: [],
    outputs: ['out'],
    output_s3_prefix: 's3://evil/x',
  };
  const demand = demandOf(parameters, { execution_image: 'ghcr.io/team/tool' });
  expect(await refused(normalise(demand, worldOf()))).toContain(
    '/execution_parameters/params/out demands.write',
  );
});

const EVIL = { source_path: 's3://evil/a', destination_path: 's3://input/b', delete: true };
const TRANSFER = ['/source_path demands.read', '/destination_path demands.write', '/delete demands.remove'];
const below = (at: string) => TRANSFER.map((each) => `${at}${each}`);

test.each([
  ['dataSync, flat', () => dataSync(EVIL, worldOf()), TRANSFER],
  ['dataSync, a batch', () => dataSync({ requests: [EVIL] }, worldOf()), below('/requests/0')],
  ['dataSync of a machine', () => dataSync({ data_sync_request: EVIL }, worldOf()), TRANSFER],
  ['the last step of a machine', () => dataSync({ finish_request: EVIL }, worldOf()), TRANSFER],
  ['a batch of a machine', () => dataSync({ batch: { requests: [EVIL] } }, worldOf()), below('/requests/0')],
  [
    'abandoned batches of a machine',
    () => dataSync({ abandoned_batches: [{ requests: [EVIL] }] }, worldOf()),
    below('/requests/0'),
  ],
  [
    'a document with a batch in a forbidden place',
    () => dataSync({ batch: { requests: 's3://evil/x.json' } }, worldOf()),
    ['/requests demands.read'],
  ],
  [
    'a document with forbidden transfers',
    () =>
      batchDataSync(
        { requests: 's3://input/x.json' },
        { ...worldOf(), readJson: async () => [EVIL] as never },
      ),
    below('/0'),
  ],
  ['batchDataSync, flat', () => batchDataSync(EVIL, worldOf()), TRANSFER],
  ['planDataSync', () => planDataSync(EVIL, worldOf()), TRANSFER],
  ['planDataSync of a machine', () => planDataSync({ data_sync_request: EVIL }, worldOf()), TRANSFER],
  [
    'AWS DataSync',
    () => dataSyncTask({ start: { data_sync_request: EVIL, execution: 'one' } }, worldOf()),
    below('/start/data_sync_request'),
  ],
  ['getJsonFromFile', () => getJsonFromFile({ path: 's3://evil/a' }, worldOf()), ['/path demands.read']],
  [
    'putJsonToFile',
    () => putJsonToFile({ path: 's3://input/a', content: 1 }, worldOf()),
    ['/path demands.write'],
  ],
  ['getDataPathStats', () => getDataPathStats({ path: 's3://evil/a' }, worldOf()), ['/path demands.read']],
  ['listDataPaths', () => listDataPaths({ path: 's3://evil/a' }, worldOf()), ['/path demands.read']],
  [
    'scanOutdatedDataPaths',
    () => scanOutdatedDataPaths({ path: 's3://evil/a' }, worldOf()),
    ['/path demands.read'],
  ],
  [
    'the document of removeDataPaths',
    () => removeDataPaths({ requests: 's3://evil/a' }, worldOf()),
    ['/requests demands.read'],
  ],
])('%s', async (_, answer, expected) => {
  expect(await refused(answer())).toEqual(expected);
});

const JOB = {
  image: 'ghcr.io/team/tool',
  job_definition_name: 'name',
  job_queue_name: 'main',
  resource_requirements: [
    { type: 'MEMORY', value: '2048' },
    { type: 'VCPU', value: '1' },
  ],
};

test('a job is refused before anything is registered, in both forms of the event', async () => {
  const world = worldOf();
  const register = jest.fn(async () => 'new');
  const jobDefinitions = { ...world.jobDefinitions, register };
  const job = { ...JOB, image: 'docker.io/x/y', privileged: true, job_role_arn: 'admin' };
  const expected = ['/image demands.images', '/privileged demands.privileged', '/job_role_arn jobRoleArns'];
  expect(await refused(prepareBatchArgs(job, { ...world, jobDefinitions }))).toEqual(expected);
  const planned = planNextJob({ batch_create_request: job, ended_jobs: [] }, { ...world, jobDefinitions });
  expect(await refused(planned)).toEqual(expected);
  expect(register).not.toHaveBeenCalled();
});

test('a job gets no folder of its host, and no other access point than those of the stage', async () => {
  const volumes = [{ name: 'v', host: { sourcePath: '/' } }];
  const answer = prepareBatchArgs({ ...JOB, volumes }, worldOf());
  await expect(answer).rejects.toThrow(
    '/volumes/0: the volume "v" is not an access point that the stage lists',
  );
  const planned = planNextJob({ batch_create_request: { ...JOB, volumes }, ended_jobs: [] }, worldOf());
  await expect(planned).rejects.toThrow('rule fileSystems.accessPoints');
});

test('BuildContext makes nothing on a volume, or by the name of a folder, that the stage does not list', async () => {
  const world = stepWorld();
  const build = async (request: unknown, changes: object = {}) => {
    const volumes = await resolveEfs(demandOf(), stepWorld());
    return buildContext({ request, volumes: { ...volumes, ...changes } }, world);
  };
  const { scratch } = await resolveEfs(demandOf(), stepWorld());
  for (const change of [
    { access_point_id: 'fsap-9' },
    { access_point_id: 'fsap-1' },
    { access_point_path: '/' },
    { access_point_path: '/.demand.leases' },
    { file_system_id: 'fs-2' },
  ])
    await expect(build(demandOf(), { scratch: { ...scratch, ...change } })).rejects.toThrow(
      '/volumes/scratch: the stage does not list the access point',
    );
  const accessPoints = [...STAGE.accessPoints, { ...STAGE.accessPoints[0]!, path: '/projects/one' }];
  const named = { ...world, settings: { ...world.settings, accessPoints } };
  const volumes = await resolveEfs(demandOf(), stepWorld());
  const request = demandOf({}, { execution_id: 'Projects' });
  await expect(buildContext({ request, volumes }, named)).rejects.toThrow(
    '/execution_id: "Projects" is the name of a folder',
  );
  expect(world.made.size).toBe(0);
});

test('a time-out by default is not longer than a time-out that a demand may give', async () => {
  const plan = await planNextJob({ batch_create_request: JOB, ended_jobs: [] }, worldOf());
  expect(plan).toMatchObject({ time_out: { attempt_duration_seconds: 3600 } });
});
