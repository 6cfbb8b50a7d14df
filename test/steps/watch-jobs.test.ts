import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { loadDefinition } from '../../local/engine/definitions';
import statusSchema from '../../schemas/generated/demand-status-event.schema.json';
import { DEFAULT_JOB_SETTINGS } from '../../src/batch/retries/settings';
import { EXECUTION_TAG, WATCH_PERIOD_MS, type WaitingJob, watchJobs } from '../../src/steps/watch-jobs';
import { demandOf } from '../demand/arbitraries';
import { arnOf, MACHINE, MemoryBus, MemoryExecutions } from '../events/worlds';
import { STAGE } from './worlds';

const isStatusEvent = new Ajv({ strict: true, strictTypes: false }).compile(statusSchema);
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const TIME = '2026-01-02T03:04:05Z';
const HOUR = 3_600_000;
const MISFIT =
  'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The resource requirement on the job is higher than that can be met by the CE(s) attached to the job queue.';

const job = (waitedMs: number, changes: Partial<WaitingJob> = {}): WaitingJob => ({
  id: 'job-1',
  since: NOW - waitedMs,
  execution: arnOf('run-1'),
  ...changes,
});

/** Watches the given jobs, and returns the events on the bus and the cancelled jobs, also after a failure. */
async function watched(
  event: object,
  jobs: readonly WaitingJob[],
  limits: { endRunnableSeconds?: number; tellRunnableSeconds?: number } = {},
  status = 'RUNNING',
) {
  const executions = new MemoryExecutions();
  executions.kept.set(arnOf('run-1'), {
    name: 'run-1',
    status,
    startedAt: NOW - 5 * HOUR,
    input: JSON.stringify(demandOf({}, { execution_metadata: { notify_list: ['ada'] } })),
  });
  const bus = new MemoryBus();
  const describe = async (arn: string) => {
    if (arn === arnOf('broken')) throw new Error('the execution cannot be described');
    return executions.describe(arn);
  };
  const [cancelled, asked]: [[string, string][], unknown[]] = [[], []];
  const watching = watchJobs(
    { time: TIME, ...event },
    {
      waiting: {
        runnable: async (queue) => {
          asked.push(queue);
          return jobs.map(({ id }) => id);
        },
        describe: async (ids) => jobs.filter(({ id }) => ids.includes(id)),
        cancel: async (id, reason) => {
          if (id.startsWith('refused')) throw new Error(`${id} cannot be cancelled`);
          cancelled.push([id, reason]);
        },
      },
      executions: { describe },
      bus,
      settings: {
        ...STAGE,
        stateMachineArn: MACHINE,
        jobQueue: 'queue',
        jobs: { ...DEFAULT_JOB_SETTINGS, ...limits },
      },
    },
  );
  const [ended] = await Promise.allSettled([watching]);
  const answer = ended.status === 'fulfilled' ? ended.value : { failure: String(ended.reason) };
  for (const told of bus.told) expect(isStatusEvent(told) ? [] : isStatusEvent.errors).toEqual([]);
  return { answer, told: bus.told, cancelled, asked };
}

const BLOCKED = { 'detail-type': 'Batch Job Queue Blocked', detail: { jobId: 'job-1' } };
const SCHEDULED = { 'detail-type': 'Scheduled Event', detail: {} };

test('a job that blocks its queue is told with its reason and the next step', async () => {
  const { told, answer, asked } = await watched(BLOCKED, [job(60_000, { reason: MISFIT })]);
  expect(answer).toEqual({ told: ['job-1'], ended: [] });
  expect(asked).toEqual([]);
  expect(told).toMatchObject([
    {
      id: expect.stringMatching(`^${arnOf('run-1')}/0/waiting/job-1/${NOW - 60_000}/[0-9a-f]{12}$`),
      status: 'RUNNING',
      sequence: 0,
      changed_at: TIME,
      notify_list: ['ada'],
      waiting: {
        job_id: 'job-1',
        since: '2026-01-02T03:03:05Z',
        reason: MISFIT,
        message: expect.stringMatching(
          /^the job queue has no compute environment that is large enough\. Ask/,
        ),
      },
    },
  ]);
});

test('a job without a reason is told as well', async () => {
  const [event] = (await watched(BLOCKED, [job(60_000)])).told;
  expect(event?.waiting).toEqual({ job_id: 'job-1', since: '2026-01-02T03:03:05Z' });
});

test.each([
  ['shorter than the time of the stage', HOUR - 1, []],
  ['just as long', HOUR, ['job-1']],
  ['longer, by less than the period of the schedule', HOUR + WATCH_PERIOD_MS - 1, ['job-1']],
  ['much longer, as an earlier call has told of it', HOUR + WATCH_PERIOD_MS, []],
])('the schedule and a job that has waited %s', async (_, waited, told) => {
  const result = await watched(SCHEDULED, [job(waited)]);
  expect(result.answer).toEqual({ told, ended: [] });
  expect(result.asked).toEqual(['queue']);
});

test('each moment of waiting is news in one of the calls', async () => {
  for (const waited of [HOUR, HOUR + 1, HOUR + 123_456]) {
    const calls = [0, 1, 2, 3].map((call) =>
      watched(SCHEDULED, [job(waited - WATCH_PERIOD_MS + call * WATCH_PERIOD_MS)]),
    );
    expect(
      (await Promise.all(calls)).flatMap(({ told }) => told.map(({ waiting }) => waiting?.job_id)),
    ).toEqual(['job-1']);
  }
});

test('a job is ended after the time of the stage, and its reason is kept', async () => {
  const limits = { endRunnableSeconds: 7_200 };
  const { answer, cancelled } = await watched(
    SCHEDULED,
    [job(2 * HOUR, { reason: MISFIT }), job(2 * HOUR - 1, { id: 'job-2' })],
    limits,
  );
  expect(answer).toMatchObject({ ended: ['job-1'] });
  expect(cancelled).toEqual([
    ['job-1', `RUNNABLE for longer than 7200 s, the limit of the stage: ${MISFIT}`],
  ]);
  const [[, reason] = []] = (await watched(SCHEDULED, [job(2 * HOUR)], limits)).cancelled;
  expect(reason).toMatch(/: Batch gave no reason$/);
});

test('by default no job is ended', async () => {
  expect((await watched(SCHEDULED, [job(1_000 * HOUR)])).cancelled).toEqual([]);
});

test.each([
  ['another stage', { execution: arnOf('run-1').replace('dev-execution', 'prod-execution') }],
  ['nobody', { execution: undefined }],
])('a job of %s is left alone', async (_, changes) => {
  const theirs = job(10 * HOUR, changes as Partial<WaitingJob>);
  const result = await watched(BLOCKED, [theirs], { endRunnableSeconds: 600 });
  expect(result).toMatchObject({ told: [], cancelled: [], answer: { told: [], ended: [] } });
});

test('an execution that has ended gets no further event', async () => {
  expect((await watched(BLOCKED, [job(HOUR)], {}, 'ABORTED')).told).toEqual([]);
});

test('an execution that Step Functions has forgotten gets no event, and its job is ended all the same', async () => {
  const forgotten = job(2 * HOUR, { execution: arnOf('long-gone') });
  const result = await watched(BLOCKED, [forgotten], { endRunnableSeconds: 7_200 });
  expect(result).toMatchObject({ told: [], cancelled: [['job-1', expect.any(String)]] });
});

test('one obstacle has one id, however often Batch tells of it; another reason or wait has another id', async () => {
  const idOf = async (changes: Partial<WaitingJob>, time = TIME) => {
    const { told } = await watched({ ...BLOCKED, time }, [job(60_000, { reason: MISFIT, ...changes })]);
    return told[0]?.id;
  };
  const ids = [await idOf({}), await idOf({}, '2026-01-02T04:04:05Z')];
  expect(new Set(ids).size).toBe(1);
  const others = [
    await idOf({ reason: 'CAPACITY:NONE' }),
    await idOf({ since: NOW - 1 }),
    await idOf({ id: 'job-1' }),
  ];
  expect(new Set([...ids, ...others]).size).toBe(3);
});

test('a job that cannot be told of or ended does not keep the others from it, and the call fails', async () => {
  const limits = { endRunnableSeconds: 3_600 };
  const waiting = [
    job(HOUR, { id: 'refused' }),
    job(HOUR, { id: 'broken', execution: arnOf('broken') }),
    ...Array.from({ length: 250 }, (_, index) => job(HOUR, { id: `job-${index}` })),
  ];
  const { told, cancelled, answer } = await watched(SCHEDULED, waiting, limits);
  expect(answer).toEqual({ failure: expect.stringContaining('cannot be') });
  expect(cancelled).toHaveLength(251);
  expect(told).toHaveLength(251);
});

test('the schedule and the tag are those of the deployed files', () => {
  const { JobsWatched } = parse(readFileSync('resources/events.yml', 'utf8'), { merge: true }).Resources;
  expect(JobsWatched.Properties.ScheduleExpression).toBe(`rate(${WATCH_PERIOD_MS / 60_000} minutes)`);
  expect(loadDefinition('demand-execution').States.RunJob).toMatchObject({
    Parameters: { Tags: { [`${EXECUTION_TAG}.$`]: '$$.Execution.Id' } },
  });
});
