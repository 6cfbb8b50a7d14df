import type { VolumeRole } from '../../src/efs/model';
import { DemandValidationError } from '../../src/errors';
import { type SweepAccountWorld, sweepAccount } from '../../src/steps/sweep-account';
import type { SweepEvent } from '../../src/sweep/event';
import type { UploadMarker } from '../../src/sweep/uploads';

const DAY_MS = 24 * 3_600_000;
const NOW = Date.UTC(2026, 0, 31);
const ROLE = 'dev-data-sync';
const VOLUMES = [
  { role: 'scratch', days_since_last_accessed: 15 },
  { role: 'shared', days_since_last_accessed: 30 },
];
const accessPoint = (role: VolumeRole, fileSystemId: string, path: string) => ({
  role,
  fileSystemId,
  path,
  accessPointId: 'fsap-1',
  name: role,
});
const EXECUTION = 'arn:aws:states:us-west-2:111122223333:execution:dev-demand-sweep:one';

function makeWorld(changes: Partial<SweepAccountWorld> = {}) {
  const told: SweepEvent[] = [];
  const metrics: object[] = [];
  const aborted: string[] = [];
  const upload = (key: string) => ({
    bucket: '',
    key,
    id: 'id',
    begunAt: NOW - 16 * DAY_MS,
    initiator: `arn:aws:sts::111122223333:assumed-role/${ROLE}/x`,
  });
  const world: SweepAccountWorld = {
    uploads: {
      list: async (bucket: string, after?: UploadMarker) => {
        if (bucket === 'closed') throw new Error('AccessDenied');
        const next = { key: 'one', id: 'id' };
        return after === undefined ? { uploads: [upload('one')], next } : { uploads: [upload('two')] };
      },
      abort: async ({ key }) => void aborted.push(key),
    },
    revisions: {
      active: async () => [1, 2].map((revision) => ({ name: 'a', revision, arn: `a:${revision}` })),
      deregister: async () => undefined,
    },
    running: { oldestBegin: async () => Number.POSITIVE_INFINITY },
    bus: { put: async (event) => void told.push(event) },
    logMetric: (metric) => void metrics.push(metric),
    clock: { now: () => NOW },
    time: { remainingMs: () => 900_000 },
    settings: {
      envBase: 'dev-demand',
      request: { dryRun: true, keptDays: 20, volumes: VOLUMES },
      fileSystemIds: ['fs-1', 'fs-2'],
      accessPoints: [
        accessPoint('scratch', 'fs-1', '/scratch'),
        accessPoint('shared', 'fs-1', '/shared'),
        accessPoint('scratch', 'fs-2', '/work'),
      ],
      buckets: ['open', 'closed', 'last'],
      uploadRoles: [ROLE],
    },
    ...changes,
  };
  return { world, told, metrics, aborted };
}

const request = { volumes: VOLUMES, revisions_kept: 1 };

describe('the begin', () => {
  test('each volume and the records of each file system are a part, with the function that mounts it', async () => {
    const { parts } = (await sweepAccount({ begin: {} }, makeWorld().world)) as { parts: object[] };
    expect(parts).toHaveLength(5);
    expect(parts).toMatchObject([
      { function: 0, file_system_id: 'fs-1', volume: { role: 'scratch', path: '/scratch', max_depth: 1 } },
      { function: 0, file_system_id: 'fs-1', volume: { role: 'shared', days_since_last_accessed: 30 } },
      { function: 0, file_system_id: 'fs-1' },
      { function: 1, file_system_id: 'fs-2', volume: { role: 'scratch', path: '/work' } },
      { function: 1, file_system_id: 'fs-2' },
    ]);
  });

  test('the configuration gives the fields that the input does not have', async () => {
    const read = async (begin: unknown) =>
      (await sweepAccount({ begin }, makeWorld().world)) as { request: object };
    expect((await read({})).request).toMatchObject({ dry_run: true, kept_days: 20, upload_days: 15 });
    expect((await read({ dry_run: false })).request).toMatchObject({ dry_run: false, kept_days: 20 });
    expect((await read(null)).request).toMatchObject({ dry_run: true });
  });

  test('an input with a field that a sweep does not have is refused: it may be a misspelt dry_run', async () => {
    const volume = { role: 'tmp', days_since_last_accessed: 1 };
    const misspelt = { 'dry-run': true, volumes: [{ ...volume, min_size_bytes: 1 }], dryrun: true };
    const refused = sweepAccount({ begin: misspelt }, makeWorld().world);
    for (const pointer of ['/begin/dry-run', '/begin/dryrun', '/begin/volumes/0/min_size_bytes'])
      await expect(refused).rejects.toThrow(pointer);
    const given = { dryRun: true, volumes: [{ ...volume, minDepth: 1 }] };
    await expect(sweepAccount({ begin: given }, makeWorld().world)).resolves.toBeDefined();
  });

  test('an input with mistakes is refused', async () => {
    const begin = { volumes: [{ role: 'other', path: '../x', days_since_last_accessed: -1 }] };
    await expect(sweepAccount({ begin }, makeWorld().world)).rejects.toThrow(DemandValidationError);
  });
});

describe('the account', () => {
  const account = { request, cursor: '', reports: [] };

  test('uploads of all buckets and surplus revisions go, and a bucket without access is a failure', async () => {
    const { world, aborted } = makeWorld();
    const answer = await sweepAccount({ account }, world);
    expect(answer).toMatchObject({
      status: 'DONE',
      cursor: '',
      reports: [
        {
          part: 'uploads',
          removed: { upload: { count: 4, bytes: 0 } },
          failures: [{ path: 's3://closed', reason: 'AccessDenied' }],
          failure_count: 1,
        },
        { part: 'job_definitions', removed: { job_definition: { count: 1 } }, examples: ['a:1'] },
      ],
    });
    expect(aborted).toEqual(['one', 'two', 'one', 'two']);
  });

  test('a call that ends early is continued at its page', async () => {
    const { world, aborted } = makeWorld();
    let looks = 0;
    const time = { remainingMs: () => (++looks % 2 === 0 ? 0 : 900_000) };
    let answer: unknown = { cursor: '', reports: [] };
    let calls = 0;
    do {
      calls++;
      const { cursor, reports } = answer as { cursor: string; reports: object[] };
      answer = await sweepAccount({ account: { request, cursor, reports } }, { ...world, time });
    } while ((answer as { status: string }).status === 'INCOMPLETE');
    expect(calls).toBeGreaterThan(3);
    expect(aborted).toEqual(['one', 'two', 'one', 'two']);
    expect(answer).toMatchObject({ reports: [{ removed: { upload: { count: 4 } } }, {}] });
  });

  test('a dry run aborts nothing', async () => {
    const { world, aborted } = makeWorld();
    await sweepAccount({ account: { ...account, request: { ...request, dry_run: true } } }, world);
    expect(aborted).toEqual([]);
  });
});

describe('the report', () => {
  const report = {
    part: 'tmp',
    file_system_id: 'fs-1',
    path: 'fs-1:/tmp',
    removed: { temporary: { count: 2, bytes: 7 } },
    stays: { recent: 1 },
    failures: [],
    failure_count: 1,
    examples: [],
  };
  const tell = (more: object = {}) => ({
    execution: EXECUTION,
    begun_at: '2026-01-30T23:00:00.000Z',
    request,
    parts: [{ report }],
    account: { status: 'DONE', cursor: '', reports: [{ ...report, part: 'uploads' }] },
    ...more,
  });

  test('an event and a metric tell the sums', async () => {
    const { world, told, metrics } = makeWorld();
    const answer = await sweepAccount({ tell: tell() }, world);
    expect(told).toEqual([
      {
        version: 1,
        id: `${EXECUTION}#sweep`,
        status: 'SUCCEEDED',
        env_base: 'dev-demand',
        execution_arn: EXECUTION,
        dry_run: false,
        started_at: '2026-01-30T23:00:00.000Z',
        stopped_at: expect.stringContaining('2026-01-31'),
        removed: { count: 4, bytes: 14 },
        parts: [report, { ...report, part: 'uploads' }],
        failed_parts: [],
      },
    ]);
    expect(answer).toEqual({ status: 'SUCCEEDED', cause: '', report: told[0] });
    expect(metrics).toMatchObject([
      {
        _aws: { Timestamp: NOW, CloudWatchMetrics: [{ Namespace: 'DemandExecutions' }] },
        EnvBase: 'dev-demand',
        DryRun: 'false',
        SweptUnits: 4,
        SweptBytes: 14,
        SweepFailures: 2,
      },
    ]);
  });

  test('a failed part fails the sweep, after the report of the other parts', async () => {
    const { world, told } = makeWorld();
    const failure = { Error: 'UnsafePath', Cause: JSON.stringify({ errorMessage: 'a link leads out' }) };
    const part = { function: 0, file_system_id: 'fs-1', volume: { ...VOLUMES[0], path: '/scratch' } };
    const parts = [{ report }, { part, failure }];
    const account = { cursor: '', reports: [], failure: { Error: 'States.Timeout', Cause: 'no JSON' } };
    const answer = await sweepAccount({ tell: tell({ parts, account }) }, world);
    expect(told[0]).toMatchObject({
      status: 'FAILED',
      removed: { count: 2, bytes: 7 },
      failed_parts: [
        { part: 'scratch of fs-1', error: 'UnsafePath', message: 'a link leads out' },
        { part: 'account', error: 'States.Timeout', message: 'no JSON' },
      ],
    });
    expect(answer).toMatchObject({
      status: 'FAILED',
      cause: 'scratch of fs-1: UnsafePath: a link leads out\naccount: States.Timeout: no JSON',
    });
  });
});
