/** `demand cancel ID`: stops the execution and its job, and waits for the end of both. */
import { hostname, userInfo } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { withoutEmpty } from '../../src/wire/json';
import { out } from '../output/output';
import { EXIT } from '../refusal';
import type { AwsApi } from './api';
import { Pace } from './follow';
import { Follower } from './follower';
import { hasEnded } from './job';
import { onExecution } from './machine';
import { nextCommand } from './next';
import type { CancelOptions } from './options';

interface Cancelled {
  readonly executionId: string;
  readonly executionArn: string;
  readonly status: string;
  /** The execution had ended before the command. */
  readonly hadEnded: boolean;
  readonly job?: { readonly jobId: string; readonly status: string };
  readonly allEnded: boolean;
}

export function cancelCommand(id: string, given: CancelOptions): Promise<number> {
  return onExecution(id, given, async (api, execution, options) => {
    const { executionArn = '', name: executionId = '' } = execution;
    const reason = options.reason ?? `cancelled by ${userInfo().username} on ${hostname()}`;
    const hadEnded = execution.status !== 'RUNNING';
    if (!hadEnded) await api.stop(executionArn, 'DemandCancelled', reason);
    const follower = new Follower(api, execution);
    const allEnded = await endOfBoth(api, follower, reason, options.wait * 1_000);
    const { status, job } = follower.report(Date.now());
    tell({ executionId, executionArn, status, hadEnded, ...withoutEmpty({ job }), allEnded }, options);
    return allEnded || options.wait === 0 ? EXIT.ok : EXIT.failed;
  });
}

/** @returns whether execution and job have ended after the time; both are read at least once */
async function endOfBoth(api: AwsApi, follower: Follower, reason: string, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  const pace = new Pace();
  const terminated = new Set<string>();
  for (;;) {
    await follower.look(false);
    const { job, isOver } = follower;
    // Each look may find another job: the machine may submit it while the execution is stopped.
    if (job?.jobId !== undefined && !hasEnded(job) && !terminated.has(job.jobId)) {
      await api.terminateJob(job.jobId, reason);
      terminated.add(job.jobId);
    }
    if (isOver && (job === undefined || hasEnded(job))) return true;
    const left = deadline - performance.now();
    if (left <= 0) return false;
    await setTimeout(Math.min(left, pace.next(false)));
  }
}

function tell(cancelled: Cancelled, options: CancelOptions): void {
  const { json, wait } = options;
  if (json) {
    out.json({ type: 'cancelled', ...cancelled });
    return;
  }
  const { executionId, status, hadEnded, job, allEnded } = cancelled;
  const ended = hadEnded ? `had ended before: ${status}` : `is ${status}`;
  out.lines([
    `demand ${executionId} ${ended}`,
    ...(job === undefined ? [] : [`  job ${job.jobId}: ${job.status}`]),
    ...(allEnded || wait === 0
      ? []
      : [
          `  execution or job still runs after ${wait} s: \`${nextCommand(`cancel ${executionId}`, options)}\` goes on waiting`,
        ]),
    '  the deployed service removes its files from the file systems, not this command',
  ]);
}
