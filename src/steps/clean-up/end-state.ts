/** Whether an execution is over, as it was said. */
import type { Clock } from '../../clock';
import { JobStillRunning } from '../../errors';
import { type HistoryEvent, statusAfter } from '../../history/events';
import type { Executions } from '../../history/executions';
import type { EpochMs } from '../../units';
import { EXECUTION_POLL_MS, SETTLED_MS } from './waits';

/** An execution that is over. */
export interface Ended {
  readonly executionArn: string;
  readonly endedAt?: EpochMs | undefined;
}

export interface CleanUpEndWorld {
  readonly executions: Pick<Executions, 'describe' | 'history'>;
  readonly clock: Clock;
}

/** Of Step Functions' event. */
export interface ToldEnd {
  readonly executionArn: string;
  readonly redriveCount: number;
}

const FAILURES = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);

/**
 * @returns undefined when it was redriven since: its next end is told, too
 * @throws JobStillRunning when it is described as running for longer than a description may be late
 */
export async function endOf(
  { executionArn, redriveCount }: ToldEnd,
  world: CleanUpEndWorld,
): Promise<Ended | undefined> {
  const look = async () => {
    const { status, endedAt, redriveCount: now = 0 } = await world.executions.describe(executionArn);
    if (now > redriveCount) return { found: undefined };
    return FAILURES.has(status) ? { found: { executionArn, endedAt } } : undefined;
  };
  return settled(look, executionArn, world);
}

/**
 * What a history of an execution that is over says: all of it, or else what is said to be left may be a result.
 *
 * @throws JobStillRunning when its end is missing for longer than it may be late
 */
export async function readToTheEnd<T>(
  executionArn: string,
  read: (history: AsyncIterable<HistoryEvent>) => Promise<T>,
  world: CleanUpEndWorld,
): Promise<T> {
  const look = async () => {
    let isOver = false;
    async function* watched() {
      for await (const event of world.executions.history(executionArn)) {
        const status = statusAfter(event);
        if (status !== undefined) isOver = status !== 'RUNNING';
        yield event;
      }
    }
    const found = await read(watched());
    return isOver ? { found } : undefined;
  };
  return settled(look, executionArn, world);
}

async function settled<T>(
  look: () => Promise<{ readonly found: T } | undefined>,
  executionArn: string,
  world: CleanUpEndWorld,
): Promise<T> {
  for (const until = world.clock.now() + SETTLED_MS; ; ) {
    const looked = await look();
    if (looked !== undefined) return looked.found;
    if (world.clock.now() >= until)
      throw new JobStillRunning(
        `${executionArn} is said to have ended, and to run, so nothing was removed from under it. ` +
          'Send the event again once it has ended',
      );
    await world.clock.wait(EXECUTION_POLL_MS);
  }
}

/** What is ended along with an execution is told so. */
export function reasonOf({ executionArn }: Ended): string {
  return `${executionArn} has ended`;
}
