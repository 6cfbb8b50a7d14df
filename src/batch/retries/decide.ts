/** Decides whether a failed job runs again: as a new job, whose overrides may have more memory. */
import { createHash } from 'node:crypto';
import type { RetryRule } from '../../demand/retries';
import { withoutEmpty } from '../../wire/json';
import { STATUS_REASONS, TIMED_OUT_REASON } from '../status-reasons';
import { clippedReason, type EndedJob } from './ended-jobs';
import type { FailedJob } from './failed-job';
import { type MemorySettings, nextMemory } from './memory';
import {
  DEFAULT_RULE_RETRIES,
  DEFAULT_WAIT_SECONDS,
  describeRule,
  LONGEST_WAIT_SECONDS,
  matches,
} from './rules';

/** Jobs of one execution. The state of the execution has a row for each. */
export const MOST_JOBS = 100;

export interface JobsSoFar {
  /** The first rule that matches decides. */
  readonly rules: readonly RetryRule[];
  readonly memorySettings: MemorySettings;
  /** MiB of the first job. */
  readonly firstMemory: number;
  /** MiB of the failed job. */
  readonly memory: number;
  /** The failed jobs before, the oldest first. */
  readonly ended: readonly EndedJob[];
}

export type RetryDecision =
  | {
      readonly action: 'RETRY';
      /** MiB of the next job. */
      readonly memory: number;
      readonly waitSeconds: number;
      readonly ended: readonly EndedJob[];
    }
  | { readonly action: 'EXIT' };

const EXIT: RetryDecision = { action: 'EXIT' };

/**
 * A job that somebody has stopped, or that ran longer than its time-out, does not run again. Otherwise the first rule that
 * matches decides. Without a match the job does not run again.
 */
export function decideRetry(failed: FailedJob, soFar: JobsSoFar): RetryDecision {
  if (failed.isStopped || failed.statusReason === TIMED_OUT_REASON) return EXIT;
  const rule = soFar.rules.find((each) => matches(each, failed) || matches(each, asOnEc2(failed)));
  if (rule === undefined || rule.action === 'EXIT' || soFar.ended.length + 1 >= MOST_JOBS) return EXIT;
  const name = describeRule(rule);
  const used = soFar.ended.filter((job) => job.rule === name).length;
  const memory = memoryAfter(rule, soFar);
  if (used >= (rule.retries ?? DEFAULT_RULE_RETRIES) || memory === undefined) return EXIT;
  const ended = [...soFar.ended, endedJob(failed, soFar.memory, name)];
  return { action: 'RETRY', memory, waitSeconds: waitBefore(rule, used, failed.jobId), ended };
}

/** A reason of ECS, such as `CannotPullContainerError: pull image manifest has been retried 5 time(s)`. */
const ECS_REASON = /^[A-Z]\w*(?:Error|Exception): /;

/**
 * On Fargate, ECS gives the reason of a container that did not start to its task alone, so Batch has it as the status reason.
 * On EC2 it is the container's reason. The rules know both.
 */
function asOnEc2(failed: FailedJob): FailedJob {
  const { statusReason = '', reason } = failed;
  if (reason !== undefined || !ECS_REASON.test(statusReason)) return failed;
  return { ...failed, statusReason: STATUS_REASONS.notStarted, reason: statusReason };
}

function memoryAfter({ action }: RetryRule, { memory, firstMemory, memorySettings }: JobsSoFar) {
  return action === 'RETRY' ? memory : nextMemory(memory, firstMemory, memorySettings);
}

function endedJob({ jobId, exitCode, reason, statusReason }: FailedJob, memory: number, rule: string) {
  const told = clippedReason(reason ?? statusReason);
  return { jobId, memory, ...withoutEmpty({ exitCode, reason: told }), rule };
}

/** Doubles the wait with each retry. The id of the job shortens it by up to a half, so that many jobs come apart. */
function waitBefore({ waitSeconds = DEFAULT_WAIT_SECONDS }: RetryRule, used: number, jobId: string): number {
  const longest = Math.min(waitSeconds * 2 ** used, Math.max(waitSeconds, LONGEST_WAIT_SECONDS));
  const [byte = 0] = createHash('sha256').update(jobId).digest();
  return Math.ceil(longest * (1 - byte / 512));
}
