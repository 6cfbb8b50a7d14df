/** Sweeps a root on this machine, with the state machine and the functions of a stage. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileSweepWorld } from '../../src/adapters/files/file-sweep-world';
import { systemClock } from '../../src/adapters/system-clock';
import { SINGLE_FUNCTION } from '../../src/efs/function-routing';
import { VOLUME_ROLES } from '../../src/efs/model';
import { sweep } from '../../src/steps/sweep';
import { sweepAccount } from '../../src/steps/sweep-account';
import { DEFAULT_SWEEP } from '../../src/sweep/defaults';
import type { SweepEvent } from '../../src/sweep/event';
import { partReportSchema, sumOf } from '../../src/sweep/report';
import { DAY_MS } from '../../src/sweep/settings';
import { readModel, writeModel } from '../../src/wire/schema';
import { LocalJobDefinitions } from '../batch/job-definitions';
import { RUNNERS } from '../batch/runners';
import { type EngineServices, execute, type LocalFunctions } from '../engine/engine';
import { LOCAL_LEASE } from '../execution/functions';
import { UNLIMITED_TIME } from '../world/call-time';
import { LOCAL_ACCESS_POINTS, localFileSystems } from '../world/file-systems';
import { LOCAL_FILE_SYSTEM_ID, LOCAL_STAGE, type LocalRoot } from '../world/root';
import { attemptFates } from './attempt-fates';
import { sweepEarlierUps } from './earlier-ups';
import { sweepKilledRuns } from './killed-runs';

/** The sweeping machine starts no job. */
const NO_JOB = { jobStarted: () => undefined, jobOutput: () => undefined, jobEnded: () => undefined };
/** On one machine no description of an execution is late. */
const FENCE_MS = 100;

export interface SweepRootOptions {
  readonly root: LocalRoot;
  readonly isDryRun: boolean;
  /** Days since the last use after which files go. Default: those of a stage. */
  readonly days?: number;
  /** True: a local API runs below this root. */
  readonly isApiRunning: boolean;
  readonly signal: AbortSignal;
  readonly now?: () => number;
}

/** @returns the report; undefined with the cause when the sweep has failed */
export async function sweepRoot(
  options: SweepRootOptions,
): Promise<{ readonly report: SweepEvent } | { readonly error: string; readonly cause: string }> {
  const { root, isDryRun, days, signal, now = Date.now } = options;
  await root.create();
  const outcome = await execute('sweep', randomUUID(), { dry_run: isDryRun }, sweepServices(options));
  if (outcome.status === 'FAILED') return outcome;
  const report = outcome.output as SweepEvent;
  const ups = await sweepEarlierUps({
    apiRoot: join(root.path, 'api'),
    isRunning: options.isApiRunning,
    ageMs: (days ?? DEFAULT_SWEEP.daysSinceLastAccessed.scratch) * DAY_MS,
    isDryRun,
    now: now(),
    signal,
  });
  const runs = await sweepKilledRuns(root.executions, { isDryRun });
  const parts = [...report.parts, ...[ups, runs].map((part) => writeModel(partReportSchema, part))];
  const removed = sumOf(parts.map((part) => readModel(partReportSchema, part)));
  return { report: { ...report, parts, removed } };
}

/** Returns the services with which the embedded engine runs a sweep of the root. */
export function sweepServices(options: SweepRootOptions): EngineServices {
  const { root, signal, now = Date.now } = options;
  return {
    functions: functionsOf(options),
    batch: {
      root,
      jobDefinitions: new LocalJobDefinitions(),
      fileSystems: localFileSystems,
      runner: new RUNNERS.process({}, async () => undefined),
      now,
      listener: NO_JOB,
      readSecret: async () => '',
    },
    onEvent: () => undefined,
    signal,
  };
}

function functionsOf({ root, days, now = Date.now }: SweepRootOptions): LocalFunctions {
  const { mounts } = root;
  const fates = attemptFates(root.executions);
  const clock = { ...systemClock, now };
  const volumes = VOLUME_ROLES.map((role) => ({
    role,
    days_since_last_accessed: days ?? DEFAULT_SWEEP.daysSinceLastAccessed[role],
  }));
  return {
    sweep: (event, signal) =>
      sweep(event, {
        ...fileSweepWorld(mounts, LOCAL_LEASE),
        fates,
        running: fates,
        clock,
        time: UNLIMITED_TIME,
        signal,
        settings: { mounts, routing: SINGLE_FUNCTION, fenceMs: FENCE_MS },
      }),
    sweepAccount: (event) =>
      sweepAccount(event, {
        uploads: { list: async () => ({ uploads: [] }), abort: async () => undefined },
        revisions: { active: async () => [], deregister: async () => undefined },
        running: fates,
        bus: { put: async () => undefined },
        logMetric: () => undefined,
        clock,
        time: UNLIMITED_TIME,
        settings: {
          envBase: LOCAL_STAGE.envBase,
          request: { volumes, kept_days: days ?? DEFAULT_SWEEP.keptDays },
          fileSystemIds: [LOCAL_FILE_SYSTEM_ID],
          accessPoints: LOCAL_ACCESS_POINTS,
          buckets: [],
          uploadRoles: [],
        },
      }),
  };
}
