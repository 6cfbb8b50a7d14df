/** Counts the concurrent functions in the Maps of the machines. */
import { setTimeout } from 'node:timers/promises';
import { execute } from '../../../local/engine/engine';
import type { MockedAnswer } from '../../../local/mocks/mock-file';
import type { MachineName } from '../../../src/machines/states';
import { withoutEmpty } from '../../../src/wire/json';

const ITEMS = 12;
const COUNTS = { bytes_transferred: 0, files_transferred: 0 };

/** Takes the place of `dataSync`, and counts the concurrent calls. */
function countingSync() {
  let [running, most] = [0, 0];
  return {
    get most() {
      return most;
    },
    async dataSync() {
      most = Math.max(most, ++running);
      await setTimeout(5);
      running--;
      return { status: 'DONE', cursor: '', result: COUNTS, route: { index: 0, sent_by: -1 } };
    },
  };
}

async function run(
  machine: MachineName,
  mocked: Readonly<Record<string, object>>,
  staging?: { concurrency: number; batchConcurrency: number },
) {
  const sync = countingSync();
  const answer = (state: string): MockedAnswer | undefined =>
    mocked[state] && { Return: { Payload: {}, ...mocked[state] } };
  const outcome = await execute(
    machine,
    'one',
    { data_sync_request: {} },
    {
      functions: sync,
      batch: { now: () => 0 } as never,
      onEvent: () => undefined,
      signal: new AbortController().signal,
      mocks: { next: answer } as never,
      ...withoutEmpty({ staging }),
    },
  );
  return { status: outcome.status, most: sync.most };
}

const requests = Array.from({ length: ITEMS }, (_, index) => ({
  source_path: `s3://in/${index}`,
  destination_path: `fs-1:/in/${index}`,
}));
const route = { index: 0, sent_by: -1 };
const DEMAND = {
  Normalise: { Payload: {} },
  ResolveEfs: { Payload: { volumes: {}, route } },
  BuildContext: {
    Payload: {
      setup_configs: { batch_create_request: {}, data_sync_requests: requests },
      cleanup_configs: { data_sync_requests: [], remove_data_paths_requests: [] },
      route,
      resumes: false,
    },
  },
  PrepareBatchArgs: {
    Payload: {
      args: {
        job_name: 'job',
        job_definition_arn: 'arn',
        job_queue_arn: 'arn',
        parameters: {},
        container_overrides: {},
      },
      time_out: { attempt_duration_seconds: 60, run_job_seconds: 60 },
      ended_jobs: [],
    },
  },
  RunJob: { JobId: 'one', JobName: 'job', Status: 'SUCCEEDED' },
  RemoveData: {
    Payload: { status: 'DONE', size_bytes_removed: 0, paths_removed: [], failures: [], route },
  },
};
const TRANSFER = {
  PlanDataSync: {
    Payload: {
      engine: 'lambda',
      batches: requests.map((request) => ({ requests: [request], allow_partial_failure: false })),
      finish_request: {},
      route,
    },
  },
};

test.each([
  ['inputs', 'demand-execution', DEMAND, { concurrency: 3, batchConcurrency: 1 }, 3],
  ['batches', 'data-sync', TRANSFER, { concurrency: 1, batchConcurrency: 4 }, 4],
] as const)(
  'a stage sets the number of %s that are copied at once',
  async (_, machine, mocked, staging, most) => {
    expect(await run(machine, mocked, staging)).toEqual({ status: 'SUCCEEDED', most });
  },
);

test.each([
  ['10 inputs', 'demand-execution', DEMAND, 10],
  ['all 12 batches, fewer than 20,', 'data-sync', TRANSFER, ITEMS],
] as const)('%s are copied at once by default', async (_, machine, mocked, most) => {
  expect(await run(machine, mocked)).toEqual({ status: 'SUCCEEDED', most });
});

test('the function that plans gets the number of concurrent batches', async () => {
  const told: unknown[] = [];
  const planDataSync = async (event: unknown) => {
    told.push((event as { concurrency: number }).concurrency);
    return { engine: 'lambda', batches: [], finish_request: {}, route };
  };
  const { dataSync } = countingSync();
  await execute(
    'data-sync',
    'one',
    { data_sync_request: {} },
    {
      functions: { planDataSync, dataSync },
      batch: { now: () => 0 } as never,
      onEvent: () => undefined,
      signal: new AbortController().signal,
      staging: { concurrency: 1, batchConcurrency: 7 },
    },
  );
  expect(told).toEqual([7]);
});
