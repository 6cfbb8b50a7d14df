/** Finds the end of an execution in its description and its history. Both may be older than the event of the end. */
import type { Clock } from '../../clock';
import { JobStillRunning } from '../../errors';
import { type HistoryEvent, statusAfter } from '../../history/events';
import type { Executions } from '../../history/executions';
import type { EpochMs } from '../../units';
import { EXECUTION_POLL_MS, SETTLED_MS } from './waits';

export interface EndedExecution {
  readonly executionArn: string;
  readonly endedAt?: EpochMs | undefined;
}

export interface CleanUpEndWorld {
  readonly executions: Pick<Executions, 'describe' | 'history'>;
  readonly clock: Clock;
}

/** The execution and its redrives in the event of Step Functions. */
export interface EndEvent {
  readonly executionArn: string;
  readonly redriveCount: number;
}

const FAILURES = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);

/**
 * Finds the end that the event tells.
 *
 * @returns undefined after a redrive, because another event tells the next end
 * @throws JobStillRunning when the description still has the status RUNNING after {@link SETTLED_MS}
 */
export async function findEnd(
  { executionArn, redriveCount }: EndEvent,
  world: CleanUpEndWorld,
): Promise<EndedExecution | undefined> {
  const look = async () => {
    const { status, endedAt, redriveCount: now = 0 } = await world.executions.describe(executionArn);
    if (now > redriveCount) return { found: undefined };
    return FAILURES.has(status) ? { found: { executionArn, endedAt } } : undefined;
  };
  return pollUntilSettled(look, executionArn, world);
}

/**
 * Reads the history of an ended execution to its last event. A partial history could name a result as a leftover.
 *
 * @throws JobStillRunning when the last event is still missing after {@link SETTLED_MS}
 */
export async function readWholeHistory<T>(
  executionArn: string,
  read: (history: AsyncIterable<HistoryEvent>) => Promise<T>,
  world: CleanUpEndWorld,
): Promise<T> {
  const look = async () => {
    let hasEnded = false;
    async function* watched() {
      for await (const event of world.executions.history(executionArn)) {
        const status = statusAfter(event);
        if (status !== undefined) hasEnded = status !== 'RUNNING';
        yield event;
      }
    }
    const found = await read(watched());
    return hasEnded ? { found } : undefined;
  };
  return pollUntilSettled(look, executionArn, world);
}

async function pollUntilSettled<T>(
  look: () => Promise<{ readonly found: T } | undefined>,
  executionArn: string,
  world: CleanUpEndWorld,
): Promise<T> {
  for (const until = world.clock.now() + SETTLED_MS; ; ) {
    const looked = await look();
    if (looked !== undefined) return looked.found;
    if (world.clock.now() >= until)
      throw new JobStillRunning(
        `The event tells the end of ${executionArn}, and Step Functions shows it running, so no file was removed. ` +
          'Send the event again after its end',
      );
    await world.clock.wait(EXECUTION_POLL_MS);
  }
}

/** Returns the reason that a stopped job or nested execution shows. */
export function stopReason({ executionArn }: EndedExecution): string {
  return `${executionArn} has ended`;
}
