/** Whether an execution is over, as it was said. */
import { JobStillRunning } from '../errors';
import type { Executions } from '../events/executions';
import type { Ended } from './clean-up-jobs';

export interface CleanUpEndWorld {
  readonly executions: Pick<Executions, 'describe'>;
  /** Milliseconds since 1970. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

/** Of Step Functions' event. */
export interface ToldEnd {
  readonly executionArn: string;
  readonly redriveCount: number;
}

const FAILURES = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);
const POLL_MS = 1_000;
/** What Step Functions describes may be older than what it has told. */
const SETTLED_MS = 30_000;

/**
 * @returns undefined when it was redriven since: its next end is told, too
 * @throws JobStillRunning when it is described as running for longer than a description may be late
 */
export async function endOf(
  { executionArn, redriveCount }: ToldEnd,
  { executions, now, wait }: CleanUpEndWorld,
): Promise<Ended | undefined> {
  for (const until = now() + SETTLED_MS; ; ) {
    const { status, endedAt, redriveCount: described = 0 } = await executions.describe(executionArn);
    if (described > redriveCount) return undefined;
    if (FAILURES.has(status)) return { executionArn, endedAt };
    if (now() >= until)
      throw new JobStillRunning(
        `${executionArn} was said to have ended without success, and is ${status}, so nothing was removed from under ` +
          'it. Send the event again once it has ended',
      );
    await wait(POLL_MS);
  }
}
