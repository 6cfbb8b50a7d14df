import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { fileKept } from '../../src/adapters/files/file-kept';
import { SINGLE_FUNCTION } from '../../src/efs/function-routing';
import * as errors from '../../src/errors';
import { buildContext } from '../../src/steps/build-context';
import { cleanUpAfter } from '../../src/steps/clean-up-after';
import { batchDataSync, dataSync } from '../../src/steps/data-sync';
import { dataSyncTask } from '../../src/steps/data-sync-task';
import { demandStatus } from '../../src/steps/demand-status';
import { getDataPathStats } from '../../src/steps/get-data-path-stats';
import { getJsonFromFile } from '../../src/steps/get-json-from-file';
import { intake } from '../../src/steps/intake';
import { listDataPaths } from '../../src/steps/list-data-paths';
import { normalise } from '../../src/steps/normalise';
import { notify } from '../../src/steps/notify';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { planNextJob, prepareBatchArgs } from '../../src/steps/prepare-batch-args';
import { putJsonToFile } from '../../src/steps/put-json-to-file';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { scaffolding } from '../../src/steps/scaffolding';
import { scanOutdatedDataPaths } from '../../src/steps/scan-outdated-data-paths';
import { sweep } from '../../src/steps/sweep';
import { type SweepAccountWorld, sweepAccount } from '../../src/steps/sweep-account';
import { watchJobs } from '../../src/steps/watch-jobs';
import { anyDocument, demandOf, mutated, runs } from '../demand/arbitraries';
import { MACHINE, MemoryBus, MemoryExecutions } from '../events/worlds';
import { aborted, entered } from '../history/events';
import { SweptWorld } from '../sweep/worlds';
import { stepWorld } from './worlds';

const RUNS = 1_500;

const REQUEST = {
  demand_execution: demandOf(
    {
      params: {
        in: 's3://bucket/in @ in',
        out: { local: 'out', remote: 's3://bucket/out' },
        x: ['${IN}', 1],
      },
      inputs: ['in'],
      outputs: ['out'],
      param_pair_overrides: [{ inputs: ['in'], output: 'out' }],
    },
    { execution_metadata: { user: 'u', tags: { a: 'b' }, tag: 'c', notify_on: { FAILED: true } } },
  ),
  file_system_configurations: { scratch: [{ container_path: '/opt/efs/scratch' }, {}], tmp: {} },
  context_manager_configuration: { isolate_inputs: 'no', input_data_sync_configuration: { force: true } },
};
const SYNC = {
  source_path: 's3://bucket/in/',
  destination_path: 'fs-1:/scratch/run-1/in',
  filter_config: { include: ['.*'], exclude: 'x' },
  delete: false,
  require_lock: true,
};
const TASK = { ...SYNC, require_lock: false, engine: 'datasync' };

async function eventsOf() {
  const volumes = await resolveEfs(REQUEST, stepWorld());
  const built = await buildContext({ request: REQUEST, volumes }, stepWorld());
  return { volumes, job: built.setup_configs.batch_create_request };
}

const CHANGE = {
  executionArn: 'arn',
  stateMachineArn: MACHINE,
  name: 'run-1',
  status: 'SUCCEEDED',
  startDate: 1,
  stopDate: 2,
};
const STATUS_EVENT = {
  version: 1,
  id: 'x',
  status: 'FAILED',
  sequence: 1,
  changed_at: 'now',
  notify_list: ['a'],
};

const FAILED = {
  describe: async () => ({ status: 'FAILED' }),
  stop: async () => undefined,
};

/** Returns a world in which the execution owns its working directory. */
function cleanUpWorld(context: unknown) {
  return {
    executions: {
      ...FAILED,
      async *history() {
        yield entered('BuildContext', context);
        yield aborted();
      },
    },
    jobs: { statuses: async () => new Map(), named: async () => [], terminate: async () => undefined },
    transfers: { dataSyncTask: async () => ({}), dataSync: async () => ({}) },
    directories: { inspect: async () => ({ owner: 'arn' }), removeIfEmpty: async () => undefined },
    documents: { folder: 's3://temp', readJson: async () => REQUEST, writeJson: async () => undefined },
  };
}

const JOB_FAILURE = {
  Error: 'States.TaskFailed',
  Cause: '{"JobId":"one","StatusReason":"Host EC2 terminated","Container":{"ExitCode":137}}',
};

const world = {
  ...stepWorld(),
  waiting: { runnable: async () => ['job'], describe: async () => [], cancel: async () => undefined },
  settings: { ...stepWorld().settings, stateMachineArn: MACHINE, jobQueue: 'queue' },
};
const SWEPT = { role: 'tmp', path: '/tmp', days_since_last_accessed: 1 };
const accountWorld: SweepAccountWorld = {
  uploads: { list: async () => ({ uploads: [] }), abort: async () => undefined },
  revisions: { active: async () => [], deregister: async () => undefined },
  running: { oldestBegin: async () => Number.POSITIVE_INFINITY },
  bus: { put: async () => undefined },
  logMetric: () => undefined,
  clock: { now: () => 0 },
  time: { remainingMs: () => 900_000 },
  settings: {
    ...{ envBase: 'dev', fileSystemIds: ['fs-1'], accessPoints: [], buckets: ['bucket'], uploadRoles: [] },
    request: { volumes: [] },
  },
};
const sweepWorld = new SweptWorld(join(tmpdir(), 'nothing-to-sweep')).world({
  ownRecords: { sweep: async () => ({}) },
  settings: {
    mounts: [{ path: join(tmpdir(), 'nothing-to-sweep'), fileSystemId: 'fs-1', root: '/' }],
    routing: SINGLE_FUNCTION,
    fenceMs: 0,
  },
});

type Step = (event: unknown, at: typeof world) => Promise<unknown>;

/** Returns each step with events that it accepts. */
async function stepsAndEvents(): Promise<Record<string, [Step, readonly unknown[]]>> {
  const { volumes, job } = await eventsOf();
  const batch = { requests: [SYNC, SYNC], allow_partial_failure: true };
  return {
    normalise: [normalise, [REQUEST, REQUEST.demand_execution]],
    'resolve-efs': [resolveEfs, [REQUEST, REQUEST.demand_execution]],
    scaffolding: [scaffolding, [REQUEST]],
    'build-context': [buildContext, [{ request: REQUEST, volumes }]],
    'prepare-batch-args': [prepareBatchArgs, [job]],
    'plan-next-job': [
      planNextJob,
      [
        { batch_create_request: job, ended_jobs: [] },
        {
          batch_create_request: job,
          ended_jobs: [],
          args: await prepareBatchArgs(job, world),
          failure: JOB_FAILURE,
        },
      ],
    ],
    'watch-jobs': [
      (event, at) => watchJobs(event, { ...at, executions: FAILED, bus: new MemoryBus() }),
      [{ time: '2026-01-02T03:04:05Z' }, { time: '2026-01-02T03:04:05Z', detail: { jobId: 'job' } }],
    ],
    'plan-data-sync': [planDataSync, [SYNC, { data_sync_request: SYNC }]],
    'data-sync': [
      dataSync,
      [SYNC, batch, { batch }, { data_sync_request: SYNC, reader: 'x' }, { finish_request: SYNC }],
    ],
    'batch-data-sync': [batchDataSync, [SYNC, batch]],
    'data-sync-task': [
      dataSyncTask,
      [
        { start: { data_sync_request: TASK, execution: 'x' } },
        { poll: { task_execution_arn: 'x', wait_seconds: 15 } },
        { clean_up: { data_sync_request: TASK, execution: 'x', wait_seconds: '15' } },
      ],
    ],
    'get-data-path-stats': [getDataPathStats, [{ path: 'fs-1:/scratch' }]],
    'list-data-paths': [listDataPaths, [{ path: 's3://bucket/in', include: ['a.*'], exclude: 'b' }]],
    'scan-outdated-data-paths': [
      scanOutdatedDataPaths,
      [{ path: '/mnt/scratch', days_since_last_accessed: '1.5', max_depth: 1, current_time: 1_900_000_000 }],
    ],
    'get-json-from-file': [getJsonFromFile, [{ path: 's3://bucket/in.json' }]],
    'put-json-to-file': [putJsonToFile, [{ path: 's3://bucket/x', content: 1 }, { content: 'x' }]],
    'remove-data-paths': [
      removeDataPaths,
      [{ paths: ['fs-1:/scratch/a'] }, { requests: [{ paths: ['/a'] }], reader: 'x' }],
    ],
    intake: [
      (event, at) => intake(event, { ...at, executions: new MemoryExecutions(), bus: new MemoryBus() }),
      [{ id: 'x', time: 'now', detail: REQUEST }],
    ],
    'demand-status': [
      (event, at) => demandStatus(event, { ...at, executions: FAILED, bus: new MemoryBus() }),
      [{ detail: { ...CHANGE, input: JSON.stringify(REQUEST), output: '{"staged": [{}], "stored": 5}' } }],
    ],
    notify: [
      (event) => notify(event, { notifications: { publish: async () => undefined } }),
      [{ detail: STATUS_EVENT }],
    ],
    sweep: [
      (event) => sweep(event, sweepWorld),
      [
        { execution: 'x', request: { volumes: [] }, part: { function: 0, file_system_id: 'fs-1' } },
        {
          execution: 'x',
          request: { volumes: [], dry_run: 'true' },
          part: { function: 0, file_system_id: 'fs-1', volume: SWEPT },
          cursor: '',
        },
      ],
    ],
    'sweep-account': [
      (event) => sweepAccount(event, accountWorld),
      [
        { begin: { dry_run: true, volumes: [{ role: 'tmp', days_since_last_accessed: 1 }] } },
        { account: { request: { volumes: [] }, cursor: '', reports: [] } },
        {
          tell: {
            execution: 'x',
            begun_at: 'now',
            request: { volumes: [] },
            parts: [{ failure: { Error: 'x', Cause: '{}' } }],
            account: { reports: [] },
          },
        },
      ],
    ],
    'clean-up-after': [
      (event, at) =>
        cleanUpAfter(event, {
          ...at,
          ...cleanUpWorld({ request: event, efs: { volumes } }),
          kept: fileKept([]),
        }),
      [{ ...REQUEST, detail: CHANGE }],
    ],
  };
}

let steps: Awaited<ReturnType<typeof stepsAndEvents>>;
let count = 0;
let answered = 0;
beforeAll(async () => {
  steps = await stepsAndEvents();
});
afterAll(() => {
  process.stdout.write(`robustness: ${count} documents, ${answered} answered, seed ${runs(RUNS).seed}\n`);
});

const NAMES = new Set(Object.keys(errors));

test.each([
  'normalise',
  'resolve-efs',
  'scaffolding',
  'build-context',
  'prepare-batch-args',
  'plan-next-job',
  'watch-jobs',
  'plan-data-sync',
  'data-sync',
  'batch-data-sync',
  'data-sync-task',
  'remove-data-paths',
  'get-data-path-stats',
  'list-data-paths',
  'scan-outdated-data-paths',
  'get-json-from-file',
  'put-json-to-file',
  'intake',
  'demand-status',
  'notify',
  'sweep',
  'sweep-account',
  'clean-up-after',
])('%s answers any document, or refuses it by a name of errors.ts', async (name) => {
  const [step, events] = steps[name]!;
  const document = fc.oneof(anyDocument, ...events.map(mutated), ...events.map(mutated));
  const answersOrRefuses = fc.asyncProperty(document, async (event) => {
    count += 1;
    const refused = await step(event, world).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refused === undefined) {
      answered += 1;
      return;
    }
    expect(refused).toBeInstanceOf(errors.DemandError);
    expect(NAMES).toContain((refused as Error).name);
  });
  await fc.assert(answersOrRefuses, runs(RUNS));
});

test.each(['normalise', 'resolve-efs', 'scaffolding', 'build-context', 'prepare-batch-args'])(
  '%s refuses a document nested deeper than its stack',
  async (name) => {
    const [step, [event]] = steps[name]!;
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    await expect(
      step({ ...(event as object), image: deep, volumes: deep, demand_execution: deep }, world),
    ).rejects.toThrow('nested more than');
  },
);
