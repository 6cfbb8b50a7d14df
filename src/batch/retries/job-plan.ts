/** The arguments of an execution's jobs: those of the first one, and those of each further one. */
import { PREVIOUS_JOBS_VARIABLE } from '../claim';
import { RETRY_STRATEGY } from '../job';
import type { prepareBatchArgs } from '../prepare';
import type { BatchCreateRequest } from '../request';
import { decideRetry } from './decide';
import type { EndedJob } from './ended-jobs';
import { type CaughtError, readFailedJob, withEndedJobs } from './failed-job';
import { type JobSettings, memorySettingsOf, rulesOf, runJobSeconds } from './settings';

export type JobArgs = Awaited<ReturnType<typeof prepareBatchArgs>>;

interface TimeOut {
  /** Seconds of each attempt. */
  readonly attemptDurationSeconds: number;
  /** Seconds of the state RunJob. */
  readonly runJobSeconds: number;
}

export interface JobPlan {
  readonly action: 'RUN' | 'RETRY' | 'EXIT';
  readonly args: JobArgs;
  readonly timeOut: TimeOut;
  readonly waitSeconds: number;
  readonly endedJobs: readonly EndedJob[];
  readonly failure: CaughtError;
}

/** A job that has failed, and the jobs before it. */
export interface FailedRun {
  readonly args: JobArgs;
  readonly endedJobs: readonly EndedJob[];
  readonly failure: CaughtError;
}

/** Ids in {@link PREVIOUS_JOBS_VARIABLE}, the newest first. They count against the characters of the overrides. */
const MOST_PREVIOUS_JOBS = 15;

const NO_FAILURE: CaughtError = { Error: '', Cause: '' };

/** Returns the plan of the first job. */
export function planJob(request: BatchCreateRequest, args: JobArgs, settings: JobSettings): JobPlan {
  return {
    action: 'RUN',
    args,
    timeOut: timeOutOf(request, settings),
    waitSeconds: 0,
    endedJobs: [],
    failure: NO_FAILURE,
  };
}

/** Decides about a job that has failed, and returns the plan of the next one. */
export function planRetry(request: BatchCreateRequest, failed: FailedRun, settings: JobSettings): JobPlan {
  const { args, endedJobs, failure } = failed;
  const plan = { args, timeOut: timeOutOf(request, settings), waitSeconds: 0, endedJobs };
  const job = readFailedJob(failure.Cause);
  const memory = memoryOf(args);
  const decision =
    job === undefined
      ? ({ action: 'EXIT' } as const)
      : decideRetry(job, {
          rules: rulesOf(request.retry, settings),
          memorySettings: memorySettingsOf(request.retry, settings),
          firstMemory: endedJobs[0]?.memory ?? memory,
          memory,
          ended: endedJobs,
        });
  if (decision.action === 'EXIT')
    return { ...plan, action: 'EXIT', failure: withEndedJobs(failure, endedJobs) };
  const { waitSeconds, ended } = decision;
  return {
    ...plan,
    action: 'RETRY',
    args: argsOfRetry(args, decision.memory, ended),
    waitSeconds,
    endedJobs: ended,
    failure: NO_FAILURE,
  };
}

function timeOutOf({ timeout, retryStrategy = RETRY_STRATEGY }: BatchCreateRequest, settings: JobSettings) {
  const { attemptDurationSeconds } = timeout ?? settings;
  return {
    attemptDurationSeconds,
    runJobSeconds: runJobSeconds(attemptDurationSeconds, retryStrategy.attempts, settings),
  };
}

/** @returns MiB; 0 for arguments without a memory, which Batch refuses */
function memoryOf({ container_overrides: { ResourceRequirements } }: JobArgs): number {
  return Number(ResourceRequirements.find(({ Type }) => Type === 'MEMORY')?.Value ?? 0);
}

function argsOfRetry(args: JobArgs, memory: number, ended: readonly EndedJob[]): JobArgs {
  const { Environment, ResourceRequirements } = args.container_overrides;
  const ids = ended.slice(-MOST_PREVIOUS_JOBS).map(({ jobId }) => jobId);
  return {
    ...args,
    container_overrides: {
      Environment: [
        ...Environment.filter(({ Name }) => Name !== PREVIOUS_JOBS_VARIABLE),
        { Name: PREVIOUS_JOBS_VARIABLE, Value: ids.reverse().join(' ') },
      ],
      ResourceRequirements: ResourceRequirements.map(({ Type, Value }) => ({
        Type,
        Value: Type === 'MEMORY' ? String(memory) : Value,
      })),
    },
  };
}
